"""告知: what we say. May see `intake` and `config`; pulls what is owed from the ledger, nobody calls it from below.

owed.py history.py reminders.py     who is owed a letter now, what was said before
compose.py (facts, lines, wording, render, mime)    one occasion -> one letter, from the campaign's templates to finished bytes
stations.py staff_stations.py       composing for institutions and for staff, each in one transaction
dispatch.py sending.py smtp.py outbox.py currency.py    what may leave when, and what came of it
digest.py digest_items.py workdays.py final_letter.py   the staff's page and the report of the day after
workbook.py merged.py ledger_workbook.py ledger_evidence.py final_report.py standing.py    the tables
fillable.py (fillable_form, fillable_sheet, wordform)   templates that read back perfectly
folders.py export_plan.py safe_names.py                 one clean folder an institution
"""
