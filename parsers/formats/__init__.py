"""格式: one file a format, bytes -> Document, chosen by `parsers.formats.door` from the bytes alone.

Under the readers lie what several share: `sniff` (what a file is), `bounds` (how much may be unfolded), `blocks` (the sheet a reader writes
on), `marks` (symbol fonts), `wordwalk` (all Word XML), `sheetgrid` (all workbooks), `ink`, `ruled` and `pages` (printed pages: PDF and OFD).
"""
