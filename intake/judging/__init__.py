"""评估: Submission + decisions + checks -> Assessment; pure."""
