"""告知: what we say - letters, reminders, the digest, the workbooks; outbox and SMTP.

May see `intake` and `config`. Pulls what is owed from the ledger; nobody calls it from below.
"""
