"""拆信: raw bytes of one letter to a `Message` - headers, names, the attachment tree to its leaves, cloud links, robots, the new text.

Everything here is a pure function of the bytes; nothing is fetched, written or executed. One library, one module:
mail-parser lives in `second_opinion`, rarfile in `rar`, py7zr in `sevenzip`, olefile in `msg`, lxml in `html_text`.
"""
