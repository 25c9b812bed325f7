"""识字: a flat page -> what stands in its cells and between its tables, each piece with how surely it was read.

    engine.py   the keeper of rapidocr
    lines.py    lines to cells, a second opinion on what may be a value; bands.py lines that stand close
    ticks.py    tick boxes by the picture
"""
