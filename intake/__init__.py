"""收件: letters in, receipts recorded. May see `parsers` and `config`; never calls the notifier, which asks the ledger what is owed.

mailbox.py fetch.py importing.py    letters from the server or from files, kept and recorded, nothing touched
vault.py ledger.py (rows, migrations, database, plain, lock)    raw bytes and facts; append-only where people decide
sandbox.py engine.py tasks.py       untrusted bytes are only touched in a child process; convert.py starts LibreOffice
opening/                            one letter's bytes -> Message: headers, names, the tree to its leaves, links, robots
sender.py (clues, roster_names)     whose letter it is, with evidence
assembly.py (leaves, placing, studios, versions, unread, copies, tables, diff, timeliness)    all letters of one institution -> the matrix
decisions.py                        what people decided, folded
checks/                             everything there is to say, one small function an idea
assess.py                           matrix + decisions + checks -> Assessment
stations.py (open_, read_, assess_station, rebuild)    the belt: each asks the ledger what is owed to it
selfcheck.py                        the same judgement for files on disk
message.py submission.py records.py errors.py progress.py    the words
"""
