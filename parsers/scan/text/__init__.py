"""识字: a flat page -> what stands in its cells and between its tables, each piece with how surely it was read.

    engine.py   the keeper of rapidocr; decode.py its steps to letters, and what else was possible
    lines.py    lines to cells, a second opinion on what may be a value; bands.py lines that stand close
    opinions.py two readings made one; rank.py the reading that fits best; marks.py ； and l by picture and custom; pen.py handwriting
    ticks.py    tick boxes by the picture
"""
