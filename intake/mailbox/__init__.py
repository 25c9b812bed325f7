"""信箱: letters in; the only room that speaks IMAP. The server's words and bytes come in here, nothing on the server is touched.

imap.py     one connection: log in, list, examine, search, fetch
fetch.py    what is new in every folder -> kept in the vault and recorded
files.py    letters that staff saved by hand: .eml, Maildir, mbox
"""
