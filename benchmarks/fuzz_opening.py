"""How the opener stands damage: letters with wounded heads must read the same, torn ones must open, and none is lost without a word.

usage: python -m benchmarks.fuzz_opening [FIRST_SEED] [COUNT]
Every execution is one seed; a failure prints it. Exits 1 when anything failed.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable

from intake.codec import json_to_value, value_to_json
from intake.message import Message
from intake.opening.containers.volumes import find_volume, join_volumes
from intake.opening.headers.addresses import header_to_addresses, is_plausible
from intake.opening.headers.dates import header_to_date
from intake.opening.headers.head import Head
from intake.opening.open_letter import raw_to_message
from intake.opening.senders.authentication import head_to_authentication
from tests.unit.intake.opening.damage import Plan, damaged, is_read, sound_letter
from tests.unit.intake.opening.letters import attachment, html_table, letter, multipart, text, zip_of

SLOWEST = 5.0  # seconds one letter of a few kilobytes may take on a busy machine
_MARK = re.compile(rb"(?mi)^content-disposition[ \t]*:[ \t]*attachment")
_TOKENS = (
    b"\r\n",
    b"\n",
    b"\r",
    b"--",
    b"\0",
    b"=?utf-8?B?",
    b"?=",
    b'"',
    b";",
    b"<",
    b">",
    b"@",
    b"Content-Type: ",
    b"boundary=",
    b"\xff",
    b"\xe5",
)
_PIECES = (
    "a@x.cn",
    "<b@y.cn>",
    '"c@z.cn"',
    "李四",
    ",",
    "，",
    ";",
    '"',
    "<",
    ">",
    "(",
    ")",
    "%0a",
    "@",
    " ",
    "\r\n ",
    "=?utf-8?B?5p2O?=",
    "::",
    "[1.2.3.4]",
    "\\",
)


def torn(raw: bytes, rng: random.Random) -> bytes:
    """The bytes with up to eight wounds: changed, cut, doubled, or with a piece of mail syntax pushed in."""
    body = bytearray(raw)
    for _ in range(rng.randrange(1, 9)):
        at = rng.randrange(len(body) + 1)
        wound = rng.randrange(4)
        if wound == 0 and at < len(body):
            body[at] = rng.randrange(256)
        elif wound == 1:
            del body[at : at + rng.randrange(1, 60)]
        elif wound == 2:
            body[at:at] = body[at : at + rng.randrange(1, 120)]
        else:
            body[at:at] = rng.choice(_TOKENS)
    return bytes(body)


def heads(seed: int) -> str:
    """A letter with damaged heads says what the sound one says."""
    rng = random.Random(seed)
    plan: Plan = sound_letter(rng)
    raw = damaged(plan, rng, rng.randrange(0, 7))
    return "" if is_read(raw_to_message(raw, ["shoujian@example.cn"]), plan) else "a damaged head lost something"


def letters(seed: int) -> str:
    """A torn letter opens, survives the ledger, and is not called empty while it shows a file."""
    rng = random.Random(seed)
    archive = zip_of([(b"a.docx", b"x" * 50), (b"b/c.txt", b"y")])
    kinds: tuple[Callable[[], bytes], ...] = (
        lambda: sound_letter(rng).to_bytes(),
        lambda: letter(multipart([text("好"), attachment(b"a.zip", archive), attachment(b"b.7z.001", rng.randbytes(60))])),
        lambda: letter(multipart([text(html_table([["序号", "工作室名称", "领衔人"], ["1", "甲", "乙"]]), kind="html"), text("x")])),
        lambda: letter(
            multipart(
                [text("转"), attachment(b"x.eml", letter(text("内")), b"message/rfc822")], b"report", extra=b"; report-type=delivery-status"
            )
        ),
    )
    raw = torn(rng.choice(kinds)(), rng)
    started = time.monotonic()
    message = raw_to_message(raw, ["shoujian@example.cn"])
    if time.monotonic() - started > SLOWEST:
        return "too slow"
    plain = value_to_json(message)
    if json_to_value(plain, Message) != message:
        return "the ledger changes it"
    silent = message.kind == "empty" and not message.problems and not message.attachments
    return "a file was lost in silence" if silent and _MARK.search(raw) and _MARK.search(raw, raw.find(b"\n\n") + 1) else ""


def headers(seed: int) -> str:
    """No header raises; whatever is called an address could be written to."""
    rng = random.Random(seed)
    raw = "".join(rng.choice(_PIECES) for _ in range(rng.randrange(1, 12))).encode(rng.choice(["utf-8", "gb18030"]))
    for address in header_to_addresses(raw):
        if is_plausible(address.address) and (address.address.count("@") != 1 or not address.address.isascii()):
            return f"not an address: {address.address}"
    head_to_authentication(Head((("authentication-results", raw), ("received-spf", raw))))
    header_to_date(rng.choice([b"Fri, ", b"2022-", b""]) + bytes(rng.choice(b"0123456789:-+ /ADTPM") for _ in range(rng.randrange(40))))
    return ""


def volumes(seed: int) -> str:
    """An archive cut anywhere is joined again from its volumes in any order, and never from fewer."""
    rng = random.Random(seed)
    whole = zip_of([(b"%d.txt" % number, rng.randbytes(rng.randrange(1, 200))) for number in range(rng.randrange(1, 5))])
    cuts = sorted(rng.sample(range(1, len(whole)), rng.randrange(1, 5)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    given = [(volume, piece) for number, piece in enumerate(pieces, 1) if (volume := find_volume(f"材料.zip.{number:03}", piece))]
    rng.shuffle(given)
    if join_volumes(given) != whole:
        return "the volumes do not make the whole"
    fewer = [pair for pair in given if pair[0].number != rng.randrange(1, len(given) + 1)]
    return "joined without all volumes" if len(fewer) < len(given) and join_volumes(fewer) == whole else ""


KINDS: tuple[tuple[Callable[[int], str], int], ...] = ((heads, 4), (letters, 4), (headers, 1), (volumes, 1))


def main() -> int:
    """Run the seeds, each kind in its share; 1 when one failed."""
    first = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    wheel = [kind for kind, share in KINDS for _ in range(share)]
    done: Counter[str] = Counter()
    failed = 0
    for seed in range(first, first + count):
        kind = wheel[seed % len(wheel)]
        try:
            fault = kind(seed)
        except Exception as error:
            fault = f"{type(error).__name__}: {error}"
        done[kind.__name__] += 1
        if sum(done.values()) % 10_000 == 0:
            print(f"{sum(done.values())} tried, {failed} failed", flush=True)
        if fault:
            failed += 1
            print(f"{kind.__name__} seed {seed}: {fault}")
    print(f"seeds {first}..{first + count - 1}: {', '.join(f'{name} {number}' for name, number in done.items())}; failed {failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
