"""众机: reading spread over machines through a PostgreSQL - the engine here, the worker there, the pieces that travel, the one keeper of the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.doors import opens

if TYPE_CHECKING:
    from intake.reading.cluster.engine import Cluster, engine_state
    from intake.reading.cluster.worker import Worker

__all__ = ["Cluster", "Worker", "engine_state"]

__getattr__ = opens(
    {
        "intake.reading.cluster.engine": ("Cluster", "engine_state"),
        "intake.reading.cluster.worker": ("Worker",),
    }
)
