"""印章: where a round seal is to be seen (ring.py) and what it says when legible (letters.py); evidence, never a proof and never a fault."""
