"""总表: all letters of one institution -> Submission (institution × studio × material); pure."""
