"""表册: what the office takes away - merged tables, the ledger workbook, folders, the final report."""
