"""Core: case numbers (回执编号) - a year's running number and a check part that nobody outside can compute ("LN2022-0017-K7XQ").

The running number can be guessed by anybody who got a letter of ours; the check part is a keyed hash of it (HMAC, RFC 2104) under a secret
that never leaves the ledger. A number without its check part, or with a wrong one, is a hint for staff and proves nothing.
"""

from __future__ import annotations

import hashlib
import hmac

LETTERS = "ACDEFHJKMNPQRTUVWXY"
ALPHABET = LETTERS + "34679"
"""No two signs that are taken for one another in print or handwriting (0 O, 1 I L, 2 Z, 5 S, 8 B, G 6). The first is a letter: a number all of
digits would pass for a telephone number, and "-01" is the letter's own place in the row."""
SIGNS = 4


def number_with_check(number: str, secret: str) -> str:
    """ "LN2022-0017" with its check part under this secret; the same number always gets the same."""
    rest = int.from_bytes(hmac.digest(secret.encode(), number.casefold().encode(), hashlib.sha256), "big")
    signs = ""
    for choice in (LETTERS, *(ALPHABET,) * (SIGNS - 1)):
        rest, sign = divmod(rest, len(choice))
        signs += choice[sign]
    return f"{number}-{signs}"


def number_without_check(number: str) -> str:
    """The running number alone, in whatever case the number is written; one that never had a check part stays as it is."""
    bare, _, check = number.rpartition("-")
    signed = len(check) == SIGNS and check[0].upper() in LETTERS and set(check.upper()) <= set(ALPHABET)
    return bare if bare and signed else number
