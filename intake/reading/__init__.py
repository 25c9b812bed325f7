"""读取: untrusted bytes are only touched here, in a child process that owns nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.doors import opens

if TYPE_CHECKING:
    from intake.reading.engine import Engine, make_engine
    from intake.reading.jail import find_jail
    from intake.reading.libreoffice import LibreOffice
    from intake.reading.outcome import CONVERTED, Converter, outcome_to_reading, read_converted, read_scan, wants_conversion, wants_scan
    from intake.reading.photographed import Photo, find_series, pictures_to_file, series_to_readings
    from intake.reading.sandbox import Limits, Sandbox
    from intake.reading.scratch_folders import scratch, sweep_scratch
    from intake.reading.tasks import Died, Failed, Outcome, Task

__all__ = [
    "CONVERTED",
    "Converter",
    "Died",
    "Engine",
    "Failed",
    "LibreOffice",
    "Limits",
    "Outcome",
    "Photo",
    "Sandbox",
    "Task",
    "find_jail",
    "find_series",
    "make_engine",
    "outcome_to_reading",
    "pictures_to_file",
    "read_converted",
    "read_scan",
    "scratch",
    "series_to_readings",
    "sweep_scratch",
    "wants_conversion",
    "wants_scan",
]

__getattr__ = opens(
    {
        "intake.reading.engine": (
            "Engine",
            "make_engine",
        ),
        "intake.reading.jail": ("find_jail",),
        "intake.reading.libreoffice": ("LibreOffice",),
        "intake.reading.outcome": (
            "CONVERTED",
            "Converter",
            "outcome_to_reading",
            "read_converted",
            "read_scan",
            "wants_conversion",
            "wants_scan",
        ),
        "intake.reading.photographed": (
            "Photo",
            "find_series",
            "pictures_to_file",
            "series_to_readings",
        ),
        "intake.reading.sandbox": (
            "Limits",
            "Sandbox",
        ),
        "intake.reading.scratch_folders": (
            "scratch",
            "sweep_scratch",
        ),
        "intake.reading.tasks": (
            "Died",
            "Failed",
            "Outcome",
            "Task",
        ),
    }
)
