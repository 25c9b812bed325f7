"""信函: what is owed to whom, and in which words; pure."""
