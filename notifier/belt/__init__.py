"""工位: asks what is owed, composes, records; Shell only."""
