"""读件: bytes -> Document -> Form.

Knows no mail, no university, no deadline, no clock, no disk. May see `config.forms` (the form schemas) and nothing else.
Every reader takes untrusted bytes and is run in the reading child process (`intake.sandbox`).
"""
