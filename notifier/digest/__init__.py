"""日报: the staff's page."""
