"""认人: whose letter it is, with evidence."""
