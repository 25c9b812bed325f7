"""Shell: the reading child (读件进程) - untrusted bytes are only ever looked into by a process that owns nothing and may do little.

A one-kilobyte workbook can ask for 500 GB and take the interpreter with it; a parser can spin for ever or crash the machine code below
it, and one day somebody's bytes will run code in it. So the child starts in a jail (jail.py) with an empty environment and a scratch folder,
its memory, files and processes limited before the first byte comes, and is killed with everything it started when the clock runs out.
JSON and bytes go both ways; nothing from the child is ever unpickled, and a lie of any shape is a death, never an exception of ours.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import shutil
import signal
import struct
import subprocess
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

from intake.errors import ReadingProcessUnavailable
from intake.reading.jail import Bounds, Jail, find_jail, python_folders, start
from intake.reading.scratch_folders import remove_scratch, scratch_folder
from intake.reading.tasks import Answer, Died, Failed, Reason, request_to_answer
from intake.reading.watch import watch

Work = Callable[[Any, bytes], Answer]
Found = Answer | Died | Failed
START_SECONDS = 60
RARELY = (50_000, 20, 20)
READY = b"ready"
MOST_JSON = 128 << 20
MOST_BLOBS = 20_000
_LENGTH = struct.Struct(">Q")
_BOOT = "import json,sys; sys.path[:]=json.loads(sys.argv[1]); from intake.reading.sandbox import child_main; child_main(sys.argv[2], sys.argv[3])"


@dataclass(frozen=True, slots=True)
class Limits:
    """限度: what one piece of work may take; `calls` is after how many the child is replaced by a fresh one."""

    memory: int = 1536 << 20
    seconds: int = 60
    written: int = 256 << 20
    open_files: int = 64
    reply: int = 512 << 20
    calls: int = 1000
    processes: int = 64


@dataclass(frozen=True, slots=True)
class Question:
    """一问: what is asked about one payload, beside what all of a trip have in common."""

    request: Mapping[str, Any]
    payload: bytes = field(repr=False)


class Sandbox:
    """读件进程: one child, started when first needed and again after each death. Not for two threads at once."""

    def __init__(
        self, limits: Limits | None = None, work: str = "intake.reading.tasks:request_to_answer", jail: Jail | None = None
    ) -> None:
        self._limits = limits or Limits()
        self._work = work
        self._jail = jail
        self._child: subprocess.Popen[bytes] | None = None
        self._folder = ""
        self._calls = 0
        self._answers_owed = False
        """True while somebody has not asked for all answers of a trip: the next one to ask must not be given them."""

    def ask(self, request: Mapping[str, Any], payload: bytes) -> Found:
        """One piece of work; whatever the bytes do to the child comes back as a value."""
        (found,) = self.ask_all(request, [Question({}, payload)])
        return found

    def ask_all(self, common: Mapping[str, Any], questions: Sequence[Question]) -> Generator[Found]:
        """Several pieces of work in one trip, each with limits of its own; what becomes of each is given in their order, as soon as it is known.

        `common` is what all of their requests say. The child answers one by one, so that its death costs the piece it was at: those after
        it go to a fresh child. Whoever stops asking before the last answer leaves no child that would give it to somebody else.
        """
        left = deque(questions)
        while left:
            yield from self._trip(common, left)

    def _trip(self, common: Mapping[str, Any], left: deque[Question]) -> Iterator[Found]:
        """What becomes of the pieces that are left, each taken off as it is answered: all of them, or those up to a death."""
        child, sent = self._ready(), False
        self._answers_owed = True
        while left:
            overdue = threading.Event()
            call_off = watch.after(self._limits.seconds, partial(self._too_late, child, overdue))
            try:
                if not sent:
                    _send(child.stdin, common, left)
                    sent = True
                found = self._answer_from(child.stdout)
            except Exception as error:
                # Whatever the child wrote, it is the child that erred: a shape nobody thought of must not end the round.
                found = self._death(child, overdue.is_set(), str(error))
            finally:
                call_off()
            self._calls += 1
            left.popleft()
            self._answers_owed = bool(left)
            if isinstance(found, Died):
                self.close()
            yield found
            if isinstance(found, Died):
                return

    def close(self) -> None:
        """Kill the child and everything it started, and remove its folder."""
        child, self._child, self._answers_owed = self._child, None, False
        if child is None:
            return
        _kill(child)
        for pipe in (child.stdin, child.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()
        child.wait()
        remove_scratch(Path(self._folder))

    def cut(self) -> None:
        """Kill the child from another thread: what is being asked of it comes back as a death, which the caller knows to disregard."""
        if (child := self._child) is not None:
            _kill(child)

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._child is not None and (self._answers_owed or self._child.poll() is not None or self._calls >= self._limits.calls):
            self.close()
        self._child = self._child or self._start()
        return self._child

    def _start(self) -> subprocess.Popen[bytes]:
        self._calls = 0
        self._folder = str(scratch_folder("reading"))
        inner = [sys.executable, "-I", "-c", _BOOT, json.dumps(sys.path), json.dumps(asdict(self._limits)), self._work]
        readable = python_folders("intake", "parsers", "config", self._work.partition(":")[0].partition(".")[0])
        limits = self._limits
        bounds = Bounds(limits.memory, limits.written, limits.open_files, processes=limits.processes)
        command = (self._jail or find_jail()).command(inner, Path(self._folder), bounds, scratch=limits.written, readable=readable)
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TMPDIR": self._folder}
        try:
            child = start(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self._folder,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            remove_scratch(Path(self._folder))
            raise ReadingProcessUnavailable(str(error)) from error
        self._await_ready(child)
        return child

    def _await_ready(self, child: subprocess.Popen[bytes]) -> None:
        """Until the child has loaded its readers: a slow start is the machine's fault and never counted against the bytes."""
        clock = threading.Timer(START_SECONDS, _kill, (child,))
        clock.daemon = True
        clock.start()
        try:
            hello = _read_frame(child.stdout, len(READY)) if child.stdout else b""
        except (OSError, EOFError, ValueError) as error:
            self._child = child
            self.close()
            raise ReadingProcessUnavailable(f"{error or 'died at start'} ({child.returncode})") from error
        finally:
            clock.cancel()
        if hello != READY:
            raise ReadingProcessUnavailable("the child said something else than that it is ready")

    def _answer_from(self, pipe: IO[bytes] | None) -> Found:
        if pipe is None:
            raise OSError("no pipe")
        left = self._limits.reply
        reply = json.loads(_read_frame(pipe, min(left, MOST_JSON)))
        if not isinstance(reply, dict):
            raise ValueError("the answer is no object")
        if "failed" in reply:
            return Died("memory") if reply["failed"] == "memory" else Failed(str(reply["failed"])[:8000])
        count = reply["blobs"]
        if type(count) is not int or not 0 <= count <= MOST_BLOBS:
            raise ValueError("the answer promises an impossible number of files")
        blobs: list[bytes] = []
        for _ in range(count):
            blobs.append(_read_frame(pipe, left))
            left -= len(blobs[-1])
        return reply["value"], blobs

    def _too_late(self, child: subprocess.Popen[bytes], overdue: threading.Event) -> None:
        overdue.set()
        _kill(child)

    def _death(self, child: subprocess.Popen[bytes], overdue: bool, detail: str) -> Died:
        """Why the pipe broke: the clock, the CPU limit, a signal, or an answer that made no sense (then the child is not trusted on)."""
        _kill(child)
        code = child.wait()
        late = overdue or code in (-signal.SIGXCPU, 128 + signal.SIGXCPU)
        reason: Reason = "timeout" if late else "crash"
        return Died(reason, f"超过 {self._limits.seconds} 秒" if late else f"{detail or 'died'} ({code})")


def _kill(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _send(pipe: IO[bytes] | None, common: Mapping[str, Any], questions: Collection[Question]) -> None:
    """The requests in one frame, then every payload in one of its own; all of it is read before the first answer is written."""
    if pipe is None:
        raise OSError("no pipe")
    _write_frame(pipe, json.dumps([common, [question.request for question in questions]]).encode())
    for question in questions:
        _write_frame(pipe, question.payload)
    pipe.flush()


def _write_frame(pipe: IO[bytes], payload: bytes) -> None:
    pipe.write(_LENGTH.pack(len(payload)))
    pipe.write(payload)


def _read_frame(pipe: IO[bytes], most: int) -> bytes:
    (length,) = _LENGTH.unpack(_read_exactly(pipe, _LENGTH.size))
    if length > most:
        raise ValueError("the answer is too long")
    return _read_exactly(pipe, length)


def _read_exactly(pipe: IO[bytes], length: int) -> bytes:
    held = pipe.read(length)
    if len(held) < length:
        raise EOFError
    return held


# The other side of the pipe: everything below runs in the child.


def child_main(limits_json: str, work_name: str) -> None:
    """The child's whole life: load the readers, answer until the pipe closes; its limits were set before it began."""
    limits = Limits(**json.loads(limits_json))
    pipe_in, pipe_out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    _leave_the_standard_streams()
    sys.dont_write_bytecode = True
    work = _find_work(work_name)
    # What was loaded stays, and what a document becomes are trees without a cycle: Python's search for cycles is not for every 700th value.
    gc.freeze()
    gc.set_threshold(*RARELY)
    try:
        _write_frame(pipe_out, READY)
        pipe_out.flush()
        while True:
            _answer_trip(work, limits, pipe_in, pipe_out)
    except (EOFError, BrokenPipeError):
        shutil.rmtree(Path.cwd(), ignore_errors=True)  # the parent is gone, perhaps killed: nobody else would tidy up


def _answer_trip(work: Work, limits: Limits, pipe_in: IO[bytes], pipe_out: IO[bytes]) -> None:
    common, requests = json.loads(_read_frame(pipe_in, sys.maxsize))
    payloads = deque(_read_frame(pipe_in, sys.maxsize) for _ in requests)
    for request in requests:
        _limit_time(limits.seconds)
        reply, blobs = _answer(work, common | request, payloads.popleft())
        _write_frame(pipe_out, reply)
        for blob in blobs:
            _write_frame(pipe_out, blob)
        pipe_out.flush()


def _answer(work: Work, request: Any, payload: bytes) -> tuple[bytes, Sequence[bytes]]:
    try:
        value, blobs = work(request, payload)
        return json.dumps({"value": value, "blobs": len(blobs)}).encode(), blobs
    except MemoryError:
        return b'{"failed": "memory"}', ()
    except BaseException:
        return json.dumps({"failed": traceback.format_exc()[-8000:]}).encode(), ()


def _find_work(name: str) -> Work:
    if name == "intake.reading.tasks:request_to_answer":
        return request_to_answer
    module, _, function = name.partition(":")
    work: Work = getattr(__import__(module, fromlist=[function]), function)
    return work


def _leave_the_standard_streams() -> None:
    """Whatever a library prints goes nowhere, and never between two frames."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _limit_time(seconds: int) -> None:
    """CPU seconds for this piece of work, on top of what the child has used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, resource.RLIM_INFINITY))
