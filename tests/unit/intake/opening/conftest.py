"""Where the shared samples are, for the tests that need them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared folder beside the project, or that of INTAKE_SHARED; the test is skipped by name where there is none."""
    folder = Path(os.environ.get("INTAKE_SHARED", Path(__file__).parents[4] / "../shared"))
    if not (folder / "samples").is_dir():
        pytest.skip("the shared samples are not beside the project")
    return folder
