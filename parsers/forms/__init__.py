"""表样: one reader fills every printed form from any Document by walking the merged-cell grid; essays by their outline."""
