"""读件: bytes -> Document -> Form.

Knows no mail, no university, no deadline, no clock, no disk. May see `config.forms` and `config.schema` and nothing else.
Every reader takes untrusted bytes and is run in the reading child process (`intake.sandbox`).

    read.py             any file -> Reading; the only door the house uses
    read_document.py    bytes -> Document, by content and never by extension; formats/ holds one reader a format
    document.py form.py the words: what a reader gives back, what it means
    recognise.py        which parts of a document are which form
    filled.py           a part and a schema -> Form; finds blanks (blanks.py, lines.py, grid.py), rows (rows/: roster.py, noentry.py), rows cut by a page (pagebreak.py)
    labels.py values.py checkboxes.py   printed words, typed values, ticks
    narrative.py        the essay: length, outline, names, near-duplicates
    reading.py          a Reading as JSON, for the ledger and for other programs
"""
