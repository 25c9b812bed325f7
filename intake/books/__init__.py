"""账册: what is remembered - raw letters and leaves in the vault, facts and decisions in the ledger; the only room that speaks SQL."""
