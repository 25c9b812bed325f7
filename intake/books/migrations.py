"""Shell: the shape of the ledger, one step a release; steps are added at the end and never edited.

Three kinds of tables. Facts, append-only: letter, sighting, decision, case_number. What we said: outbox, digest. Derived, may be thrown
away and made again from the vault and the facts: opening, leaf, reading, claim, assessment and the views of them (glance, letter_line, todo).
`health` only says how the robot feels.
"""

from __future__ import annotations

import secrets

from intake.books.database import Database, Migrations

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


WORK = """
CREATE TABLE dirty (number INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT NOT NULL, name TEXT NOT NULL) STRICT;
CREATE INDEX dirty_name ON dirty(what, name, number);
CREATE TABLE tie (letter TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (letter, value)) STRICT, WITHOUT ROWID;
CREATE INDEX tie_value ON tie(value);
CREATE TABLE party (institution TEXT NOT NULL, letter TEXT NOT NULL, share TEXT NOT NULL, PRIMARY KEY (institution, letter, share)) STRICT, WITHOUT ROWID;
CREATE INDEX party_letter ON party(letter);
CREATE TABLE trace (institution TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (institution, value)) STRICT, WITHOUT ROWID;
CREATE INDEX trace_value ON trace(value);
CREATE TABLE print (institution TEXT NOT NULL, place INTEGER NOT NULL, print TEXT NOT NULL, PRIMARY KEY (institution, place)) STRICT;
CREATE TABLE agenda (institution TEXT PRIMARY KEY, due TEXT NOT NULL) STRICT;
CREATE INDEX agenda_due ON agenda(due);
CREATE TABLE outbox_raw_last (
    number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, institution TEXT NOT NULL,
    recipient TEXT NOT NULL, subject TEXT NOT NULL, message_id TEXT NOT NULL, state TEXT NOT NULL, created_at TEXT NOT NULL,
    case_number TEXT NOT NULL, basis TEXT NOT NULL, answers TEXT NOT NULL, told TEXT NOT NULL, priority INTEGER NOT NULL,
    attempts INTEGER NOT NULL, not_before TEXT, sent_at TEXT, tried_at TEXT, error TEXT NOT NULL, bounced_at TEXT, raw BLOB NOT NULL
) STRICT;
INSERT INTO outbox_raw_last SELECT number, key, kind, institution, recipient, subject, message_id, state, created_at, case_number, basis,
    answers, told, priority, attempts, not_before, sent_at, tried_at, error, bounced_at, raw FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_raw_last RENAME TO outbox;
CREATE INDEX outbox_state ON outbox(state);
CREATE INDEX outbox_message_id ON outbox(message_id);
CREATE INDEX outbox_institution ON outbox(institution);
CREATE INDEX outbox_created ON outbox(created_at);
CREATE INDEX outbox_sent ON outbox(sent_at);
ALTER TABLE assessment ADD COLUMN key TEXT NOT NULL DEFAULT '';
ALTER TABLE assessment ADD COLUMN next_due TEXT;
ALTER TABLE assessment ADD COLUMN letters TEXT NOT NULL DEFAULT '';
CREATE INDEX assessment_due ON assessment(next_due);
CREATE INDEX outbox_clean_id ON outbox(lower(trim(message_id, '<> ')));
CREATE INDEX outbox_recipient ON outbox(lower(recipient));
CREATE TRIGGER letter_arrived AFTER INSERT ON letter BEGIN INSERT INTO dirty (what, name) VALUES ('letter', NEW.sha256), ('todo', ''); END;
CREATE TRIGGER letter_moved AFTER UPDATE OF state, same_as ON letter WHEN OLD.state <> NEW.state OR OLD.same_as <> NEW.same_as BEGIN INSERT INTO dirty (what, name) SELECT 'letter', sha FROM (SELECT NEW.sha256 AS sha UNION SELECT NEW.same_as UNION SELECT OLD.same_as) WHERE sha <> ''; INSERT INTO dirty (what, name) VALUES ('todo', ''); END;
CREATE TRIGGER letter_met AFTER INSERT ON sighting BEGIN INSERT INTO dirty (what, name) SELECT 'letter', CASE same_as WHEN '' THEN sha256 ELSE same_as END FROM letter WHERE sha256 = NEW.sha256; END;
CREATE TRIGGER letter_opened AFTER INSERT ON opening BEGIN INSERT INTO dirty (what, name) VALUES ('letter', NEW.sha256); END;
CREATE TRIGGER letter_opened_anew AFTER UPDATE ON opening BEGIN INSERT INTO dirty (what, name) VALUES ('letter', NEW.sha256); END;
CREATE TRIGGER leaf_found AFTER INSERT ON leaf BEGIN INSERT INTO dirty (what, name) VALUES ('read', NEW.sha256); END;
CREATE TRIGGER leaf_read AFTER INSERT ON reading BEGIN INSERT INTO dirty (what, name) SELECT 'letter', letter FROM leaf WHERE sha256 = NEW.sha256; END;
CREATE TRIGGER decision_made AFTER INSERT ON decision BEGIN INSERT INTO dirty (what, name) VALUES ('decision', NEW.number), ('post', NEW.institution), ('todo', NEW.institution); END;
CREATE TRIGGER number_given AFTER INSERT ON case_number BEGIN INSERT INTO dirty (what, name) SELECT 'letter', letter FROM tie WHERE value = 'case:' || lower(NEW.number); END;
CREATE TRIGGER ours_composed AFTER INSERT ON outbox BEGIN INSERT INTO dirty (what, name) SELECT 'letter', letter FROM tie WHERE value = 'id:' || lower(trim(NEW.message_id, '<> ')); INSERT INTO dirty (what, name) VALUES ('post', NEW.institution), ('todo', NEW.institution); END;
CREATE TRIGGER ours_moved AFTER UPDATE ON outbox BEGIN INSERT INTO dirty (what, name) SELECT 'letter', letter FROM tie WHERE OLD.sent_at IS NOT NEW.sent_at AND value = 'to:' || lower(trim(NEW.recipient)); INSERT INTO dirty (what, name) VALUES ('post', NEW.institution), ('todo', NEW.institution); END;
CREATE TRIGGER assessed AFTER INSERT ON assessment BEGIN INSERT INTO dirty (what, name) VALUES ('post', NEW.institution), ('todo', NEW.institution); END;
CREATE TRIGGER claimed AFTER INSERT ON claim BEGIN INSERT INTO dirty (what, name) VALUES ('post', NEW.institution), ('todo', NEW.institution); END;
INSERT INTO dirty (what, name) SELECT 'letter', sha256 FROM letter;
INSERT INTO dirty (what, name) SELECT 'institution', institution FROM assessment;
"""


@migrations()
def m003_work(database: Database) -> None:
    """What changed since it was derived, marked by triggers in the transaction of the change; books from before have everything marked.
    A letter's bytes stand last in their row, so that a list does not walk through them."""
    for statement in _statements(WORK):
        database.execute(statement)


@migrations()
def m004_who_let_a_letter_go(database: Database) -> None:
    """When a person approved a letter: in the mode 审核后发 nothing leaves without it, whatever the mode was when it was composed."""
    database.execute("ALTER TABLE outbox ADD COLUMN approved_at TEXT")


UNKNOWN = """
CREATE TABLE unknown_letter (
    account TEXT NOT NULL, folder TEXT NOT NULL, uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL, received_at TEXT, size INTEGER NOT NULL,
    sender TEXT NOT NULL, subject TEXT NOT NULL, reason TEXT NOT NULL, rounds INTEGER NOT NULL, since TEXT NOT NULL, tried_at TEXT NOT NULL,
    PRIMARY KEY (account, folder, uidvalidity, uid)
) STRICT;
CREATE TRIGGER unknown_noted AFTER INSERT ON unknown_letter BEGIN INSERT INTO dirty (what, name) VALUES ('todo', ''), ('post', ''); END;
CREATE TRIGGER unknown_again AFTER UPDATE ON unknown_letter BEGIN INSERT INTO dirty (what, name) VALUES ('todo', ''); END;
CREATE TRIGGER unknown_settled AFTER DELETE ON unknown_letter BEGIN INSERT INTO dirty (what, name) VALUES ('todo', ''), ('post', ''); END;
"""


@migrations()
def m_unknown_letters(database: Database) -> None:
    """Letters listed by the server and not in our hands."""
    for statement in _statements(UNKNOWN):
        database.execute(statement)


@migrations()
def m_senders_of_lines(database: Database) -> None:
    """For whom an address wrote is asked with every letter while one lies unread."""
    database.execute("CREATE INDEX letter_line_sender ON letter_line(lower(sender))")


@migrations()
def m_secret_of_case_numbers(database: Database) -> None:
    """What the check parts of case numbers are derived from: made with the books, before two processes could each make one."""
    database.execute("CREATE TABLE secret (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT")
    database.execute("INSERT INTO secret VALUES ('case_number', ?)", [secrets.token_hex(16)])


SHOWS_SCANS = "(json_extract(reading, '$.status') IN ('scanned', 'image') OR instr(reading, '\"pages_scanned\"') > 0 OR instr(reading, '\"text_garbled\"') > 0)"
"""The readings that say pages are pictures; SQLite finds its index only for a question in the very same words."""


@migrations()
def m_scans_among_readings(database: Database) -> None:
    """Which readings show scans: asked in every round that brought a reading, of all that was ever read."""
    database.execute(f"CREATE INDEX reading_shows_scans ON reading(version, sha256) WHERE {SHOWS_SCANS}")


@migrations()
def m_letters_that_came_back(database: Database) -> None:
    """Which letters of ours came back: asked whenever somebody is written to, of all that ever left."""
    database.execute("CREATE INDEX outbox_bounced ON outbox(number) WHERE bounced_at IS NOT NULL")


def _statements(script: str) -> list[str]:
    """The statements of a script; a trigger body keeps its own semicolons (executescript would commit in the middle)."""
    found, held = [], ""
    for line in script.strip().splitlines():
        held += line + "\n"
        if line.rstrip().endswith(";"):
            found.append(held)
            held = ""
    return found
