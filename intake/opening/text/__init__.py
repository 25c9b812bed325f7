"""正文: what the sender wrote in this letter - without quotations, disclaimers, pages' logos - and what is wanted."""
