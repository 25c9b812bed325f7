"""规则: what the notice says, as data - campaign, roster, form schemas, settings.

Sees nothing of the house. `load.py` alone reads files and the environment; everything else here is words.
"""
