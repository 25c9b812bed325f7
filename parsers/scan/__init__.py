"""扫描件: a photograph or a scan -> the same Document as every other file, each value with how surely it was read.

Needs the extra `ocr` (rapidocr with its models inside the wheel, onnxruntime, opencv); without it the rest of the house works as ever and
`available.py` says so. Nothing here is a judgement: what could not be read is unread, what two readings tell differently is doubtful.

    door.py         the door: bytes -> Reading; only the scan engine's child process calls it
    scan.py         pages -> Document: opened/ (files to page pictures), flat/ (upright, flat, cells), text/ (what stands where), seals/
    layout.py       cells and lines -> the pages that PDF and OFD share
    plausible.py    vocabularies, sums and shapes that make a value doubtful (pure); vocabulary.tsv
    available.py    whether the extra is there, and the engine's version (safe to import anywhere)
"""
