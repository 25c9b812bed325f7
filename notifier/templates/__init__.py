"""空白表: forms that read back perfectly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.doors import opens

if TYPE_CHECKING:
    from notifier.templates.templates import fillable_templates, templates_with_failures

__all__ = [
    "fillable_templates",
    "templates_with_failures",
]

__getattr__ = opens(
    {
        "notifier.templates.templates": ("fillable_templates", "templates_with_failures"),
    }
)
