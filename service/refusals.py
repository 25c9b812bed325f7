"""Words: what the office itself refuses - a sentence with the cure; whoever asked, terminal or desk, shows it as it is."""

from __future__ import annotations


class Slip(ValueError):
    """What was typed means nothing on the books; the sentence names the choices."""


class BackupRefused(Exception):
    """A copy or a way back that would lose something; the sentence names the cure."""
