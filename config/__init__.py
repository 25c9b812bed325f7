"""规则: what the notice says and how this office runs the program, as data. Sees nothing of the house.

load.py             the only place that reads files and the environment
section.py          typed values out of TOML, every mistake noted with file, line and key
campaign.py campaign_toml.py    the notice: deadline versions, quotas, categories, roster; settings.py settings_toml.py: mailbox, SMTP, pacing
schema.py forms.py  a printed form as a schema (Table Schema words plus how it is printed)
campaigns/          one folder a notice: campaign.toml, roster.csv, forms/, letters/ - next year is a new folder, no code
"""
