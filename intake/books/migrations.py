"""Shell: the shape of the ledger, one step a release; steps are added at the end and never edited.

Three kinds of tables. Facts, append-only: letter, sighting, decision, case_number. What we said: outbox, digest. Derived, may be thrown
away and made again from the vault and the facts: opening, leaf, reading, claim, assessment and the views of them (glance, letter_line, todo).
`health` only says how the robot feels.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("ledger")

FIRST = """
CREATE TABLE letter (
    number INTEGER PRIMARY KEY AUTOINCREMENT, sha256 TEXT NOT NULL UNIQUE, received_at TEXT NOT NULL, fetched_at TEXT NOT NULL,
    size INTEGER NOT NULL, state TEXT NOT NULL, folder TEXT NOT NULL DEFAULT '', same_as TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0, tried_version TEXT NOT NULL DEFAULT '',
    time_source TEXT NOT NULL DEFAULT 'server'
) STRICT;
CREATE INDEX letter_state ON letter(state);
CREATE TABLE sighting (
    account TEXT NOT NULL, folder TEXT NOT NULL, uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL,
    sha256 TEXT NOT NULL REFERENCES letter(sha256), received_at TEXT NOT NULL, PRIMARY KEY (account, folder, uidvalidity, uid)
) STRICT;
CREATE INDEX sighting_letter ON sighting(sha256);
CREATE TABLE opening (
    number INTEGER PRIMARY KEY AUTOINCREMENT, sha256 TEXT NOT NULL UNIQUE REFERENCES letter(sha256), version TEXT NOT NULL,
    content_key TEXT NOT NULL, message TEXT NOT NULL
) STRICT;
CREATE INDEX opening_content ON opening(content_key);
CREATE TABLE leaf (
    letter TEXT NOT NULL REFERENCES letter(sha256), position INTEGER NOT NULL, sha256 TEXT NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (letter, position)
) STRICT;
CREATE INDEX leaf_sha256 ON leaf(sha256);
CREATE TABLE reading (
    number INTEGER PRIMARY KEY AUTOINCREMENT, sha256 TEXT NOT NULL, version TEXT NOT NULL, reading TEXT NOT NULL, UNIQUE (sha256, version)
) STRICT;
CREATE TABLE decision (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, decided_at TEXT NOT NULL, decided_by TEXT NOT NULL,
    institution TEXT NOT NULL, target TEXT NOT NULL, detail TEXT NOT NULL, reason TEXT NOT NULL
) STRICT;
CREATE TABLE claim (sha256 TEXT PRIMARY KEY, claim TEXT NOT NULL) STRICT;
CREATE TABLE assessment (institution TEXT PRIMARY KEY, assessment TEXT NOT NULL) STRICT;
CREATE TABLE case_number (number TEXT PRIMARY KEY, institution TEXT NOT NULL, prefix TEXT NOT NULL, UNIQUE (institution, prefix)) STRICT;
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, institution TEXT NOT NULL,
    recipient TEXT NOT NULL, subject TEXT NOT NULL, message_id TEXT NOT NULL, raw BLOB NOT NULL, state TEXT NOT NULL,
    created_at TEXT NOT NULL, case_number TEXT NOT NULL, basis TEXT NOT NULL, answers TEXT NOT NULL, told TEXT NOT NULL,
    priority INTEGER NOT NULL, attempts INTEGER NOT NULL, not_before TEXT, sent_at TEXT, tried_at TEXT, error TEXT NOT NULL,
    bounced_at TEXT
) STRICT;
CREATE INDEX outbox_state ON outbox(state);
CREATE INDEX outbox_message_id ON outbox(message_id);
CREATE TABLE digest (day TEXT NOT NULL, slot TEXT NOT NULL, composed_at TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (day, slot)) STRICT;
CREATE TABLE health (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TRIGGER decision_is_never_edited BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decision_is_never_removed BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
"""


@migrations()
def m001_first(database: Database) -> None:
    """Everything the first release keeps."""
    for statement in _statements(FIRST):
        database.execute(statement)


VIEWS = """
CREATE TABLE glance (institution TEXT PRIMARY KEY, view TEXT NOT NULL) STRICT;
CREATE TABLE letter_line (
    sha256 TEXT PRIMARY KEY, received_at TEXT NOT NULL, institution TEXT NOT NULL, sender TEXT NOT NULL, subject TEXT NOT NULL,
    kind TEXT NOT NULL, state TEXT NOT NULL, same_as TEXT NOT NULL, folder TEXT NOT NULL, files INTEGER NOT NULL, codes TEXT NOT NULL,
    candidates TEXT NOT NULL, split TEXT NOT NULL
) STRICT;
CREATE INDEX letter_line_institution ON letter_line(institution, received_at);
CREATE INDEX letter_line_received ON letter_line(received_at);
CREATE TABLE todo (
    institution TEXT NOT NULL, position INTEGER NOT NULL, urgency INTEGER NOT NULL, item TEXT NOT NULL, PRIMARY KEY (institution, position)
) STRICT;
CREATE INDEX todo_urgency ON todo(urgency);
CREATE INDEX letter_same_as ON letter(same_as);
CREATE INDEX outbox_institution ON outbox(institution);
CREATE INDEX decision_institution ON decision(institution);
ALTER TABLE claim ADD COLUMN institution TEXT NOT NULL DEFAULT '';
UPDATE claim SET institution = coalesce(json_extract(claim, '$.institution'), '');
CREATE INDEX claim_institution ON claim(institution);
"""


@migrations()
def m002_views(database: Database) -> None:
    """Lines that lists read instead of whole assessments; books of the first release have none until the next assessment writes them."""
    for statement in _statements(VIEWS):
        database.execute(statement)


def _statements(script: str) -> list[str]:
    """The statements of a script; a trigger body keeps its own semicolons (executescript would commit in the middle)."""
    found, held = [], ""
    for line in script.strip().splitlines():
        held += line + "\n"
        if line.rstrip().endswith(";"):
            found.append(held)
            held = ""
    return found
