"""收件: letters in, receipts recorded - mailbox, message, sender, submission, checks, ledger, vault, stations.

May see `parsers` and `config`. Never calls the notifier: the notifier asks the ledger what is owed.
"""
