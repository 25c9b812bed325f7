"""Core: an OLE file (MS-CFB) by the streams of its root directory - what it is, whatever it holds in the storages of its objects."""

from __future__ import annotations

import io

import olefile

from parsers.formats.bounds import damaged


class OleStreams:
    """The streams right under the root of an OLE file, by name without case; RefusedError when the file was cut short or is broken."""

    def __init__(self, payload: bytes) -> None:
        try:
            self._file = olefile.OleFileIO(io.BytesIO(payload))
            self._held = {entry.name.lower(): entry.name for entry in self._file.root.kids if entry.entry_type == olefile.STGTY_STREAM}
        except Exception as error:  # a broken directory shows itself in many ways: OSError, struct.error, RecursionError …
            raise damaged() from error

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._held

    def find(self, *names: str) -> bytes | None:
        """The first of these streams that is there; None when none is."""
        held = next((self._held[name.lower()] for name in names if name in self), None)
        return None if held is None else self._read(held)

    def read(self, *names: str) -> bytes:
        """The first of these streams that is there; a file without any is damaged."""
        found = self.find(*names)
        if found is None:
            raise damaged()
        return found

    def _read(self, name: str) -> bytes:
        try:
            return bytes(self._file.openstream([name]).read())
        except Exception as error:  # as above: a chain of sectors that leads out of the file
            raise damaged() from error
