"""收件: letters in, receipts recorded. May see `parsers` and `config`; never calls the notifier, which asks the ledger what is owed.

    mailbox/     letters from the server or from files, kept and recorded, nothing touched
    books/       raw bytes and facts; append-only where people decide
    opening/     one letter's bytes -> Message: heads, the tree to its leaves, its own text, links, robots
    reading/     untrusted bytes are only touched in a jailed child process
    claiming/    whose letter it is, with evidence
    matrix/      all letters of one institution -> Submission
    checks/      everything there is to say, one small function an idea
    judging/     Submission + decisions + checks -> Assessment
    belt/        the stations: each asks the ledger what is owed to it

In the hall stand the words (message, submission, records, errors, progress, names, case_numbers, decisions), their JSON (codec for ourselves,
contract for other programs), how doors open (doors) and what is remembered of one object (remembered).
"""
