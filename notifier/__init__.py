"""告知: what we say. May see `intake` and `config`; pulls what is owed from the ledger, nobody calls it from below.

    letters/     who is owed a letter now, what was said before, and in which words
    post/        what may leave when, and what came of it
    digest/      the staff's page and the report of the day after
    tables/      merged tables, the ledger workbook, one clean folder an institution
    templates/   forms that read back perfectly
    belt/        composing for institutions and for staff, each in one transaction

In the hall: the words of a letter (letter, wording), the verdict on an institution (standing), a decision offered (proposals), and the tools
of workbooks and forms.
"""
