"""扫描件: a photograph or a scan -> the same Document as every other file, each value with how surely it was read.

Needs the extra `ocr` (rapidocr with its models inside the wheel, onnxruntime, opencv); without it the rest of the house works as ever and
`available.py` says so. Nothing here is a judgement: what could not be read is unread, what two readings tell differently is doubtful.

    door.py         the door: bytes -> Reading; only the scan engine's child process calls it
    scan.py         pages -> Document
    available.py    whether the extra is there, and the engine's version (keeper of nothing, safe to import anywhere)
    pages.py        bytes -> page pictures: pdf_pages.py (pypdfium2), pictures.py (Pillow)
    colour.py       red ink apart from black, shadows evened out
    orient.py rules.py rectify.py cells.py   upright, ruled lines, flat, cells
    engine.py       the keeper of rapidocr: where text is, and what it says
    lines.py        text per cell, with a second opinion
    ticks.py        tick boxes by the picture
    layout.py       cells and lines -> the pages that PDF and OFD share
    seals.py seal_text.py   red round seals and what they say
    merit.py        whether a form read off a scan is legible enough to be taken
    plausible.py    vocabularies, sums and shapes that make a value doubtful (pure)
"""
