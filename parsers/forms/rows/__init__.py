"""明细: the repeated rows of a form - members, nominated studios - and what among them is no entry."""
