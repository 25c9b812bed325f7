"""铺平: a page picture -> a flat page whose tables are upright cells.

    orient.py    which way up
    colour.py    red ink apart from black, shadows evened out, faxes known
    sheet.py     the sheet of paper on a photograph
    rules.py     ruled lines, the lean of a page, where tables lie
    waves.py     a page that does not lie flat: its rules followed and made straight
    rectify.py   lean, perspective and waves taken out in one resampling
    cells.py     islands of paper between lines; edges.py what cells share, gaps filled, merged ones parted
"""
