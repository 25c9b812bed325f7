"""信箱: letters in; the only room that speaks IMAP. The server's words and bytes come in here, nothing on the server is touched.

log_in.py   the way in: connect, TLS, LOGIN, who we are, what may be refused
imap.py     one connection: list, examine, search, fetch
answers.py  what the server's words mean
pipeline.py several commands on it at once
kept.py     the connection the service keeps between its rounds
standing.py how each folder stood when everything in it was last compared
fetch.py    one round: what is new in every folder -> kept in the vault and recorded
round.py    what such a round works with and has counted
looking.py  which letters the folders owe it
taking.py   the letters in our hands, and those that do not come
renumbered.py  are the letters there still those we know
files.py    letters that staff saved by hand: .eml, Maildir, mbox
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.doors import opens

if TYPE_CHECKING:
    from intake.mailbox.fetch import FetchReport, fetch_letters, note_failure
    from intake.mailbox.files import ImportReport, import_letters
    from intake.mailbox.imap import Mailbox
    from intake.mailbox.kept import KeptLine
    from intake.mailbox.renumbered import look_at_numbers

__all__ = [
    "FetchReport",
    "ImportReport",
    "KeptLine",
    "Mailbox",
    "fetch_letters",
    "import_letters",
    "look_at_numbers",
    "note_failure",
]

__getattr__ = opens(
    {
        "intake.mailbox.fetch": (
            "FetchReport",
            "fetch_letters",
            "note_failure",
        ),
        "intake.mailbox.files": (
            "ImportReport",
            "import_letters",
        ),
        "intake.mailbox.imap": ("Mailbox",),
        "intake.mailbox.kept": ("KeptLine",),
        "intake.mailbox.renumbered": ("look_at_numbers",),
    }
)
