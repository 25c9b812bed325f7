"""拆信: raw bytes of one letter to a `Message` - headers, names, the attachment tree to its leaves, cloud links, robots, the new text.

Everything here is a pure function of the bytes; nothing is fetched, written or executed. One library, one module:
mail-parser lives in `second_opinion`, rarfile in `rar`, py7zr in `sevenzip`, olefile in `msg`, lxml in `html_text`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.doors import opens

if TYPE_CHECKING:
    from intake.opening.containers.volumes import join_volumes
    from intake.opening.headers.addresses import header_to_addresses
    from intake.opening.headers.encoded_words import header_to_text
    from intake.opening.headers.glimpse import sender_and_subject
    from intake.opening.headers.head import split_head
    from intake.opening.open_letter import OPENER_VERSION, raw_to_message
    from intake.opening.own_page import raw_to_own_page
    from intake.opening.senders.authentication import weigh_authentication

__all__ = [
    "OPENER_VERSION",
    "header_to_addresses",
    "header_to_text",
    "join_volumes",
    "raw_to_message",
    "raw_to_own_page",
    "sender_and_subject",
    "split_head",
    "weigh_authentication",
]

__getattr__ = opens(
    {
        "intake.opening.containers.volumes": ("join_volumes",),
        "intake.opening.headers.addresses": ("header_to_addresses",),
        "intake.opening.headers.encoded_words": ("header_to_text",),
        "intake.opening.headers.glimpse": ("sender_and_subject",),
        "intake.opening.headers.head": ("split_head",),
        "intake.opening.open_letter": (
            "OPENER_VERSION",
            "raw_to_message",
        ),
        "intake.opening.own_page": ("raw_to_own_page",),
        "intake.opening.senders.authentication": ("weigh_authentication",),
    }
)
