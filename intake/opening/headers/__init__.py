"""信头: the lines above a letter - cut, decoded, dated - as they were meant, not as they were damaged."""
