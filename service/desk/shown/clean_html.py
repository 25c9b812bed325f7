"""Core: a letter's own HTML made harmless - text, lists and tables stay; scripts, pictures, styles, links and forms go.

It is shown in a frame that may do nothing, under a policy that forbids everything; this is the third wall, not the only one.
"""

from __future__ import annotations

import nh3

TAGS = {
    "p", "br", "div", "span", "b", "strong", "i", "em", "u", "s", "ul", "ol", "li", "table", "thead", "tbody", "tr", "td", "th",
    "h1", "h2", "h3", "h4", "blockquote", "pre", "hr",
}  # fmt: skip
CELLS = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
PAGE = (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>来信</title><style>'
    'body{{font:16px/1.6 "Microsoft YaHei","PingFang SC","Noto Sans CJK SC",sans-serif;margin:12px;overflow-wrap:anywhere}}'
    "table{{border-collapse:collapse}}td,th{{border:1px solid #999;padding:2px 6px}}</style></head><body>{}</body></html>"
)
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'; base-uri 'none'"


def clean_html(source: str) -> str:
    """A whole page fit for the frame."""
    cleaned = nh3.clean(
        source,
        tags=TAGS,
        clean_content_tags={"script", "style", "title"},
        attributes=CELLS,
        url_schemes=set(),
        link_rel=None,
        strip_comments=True,
    )
    return PAGE.format(cleaned)
