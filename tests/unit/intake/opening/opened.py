"""One container opened by itself, without a letter around it: what the tests of archives look at."""

from __future__ import annotations

from intake.message import Attachment, Problem
from intake.opening.tree import Tree


def open_container(payload: bytes, name: str) -> tuple[Attachment, ...]:
    """The leaves of a file; one that is no container is its own only leaf."""
    return tuple(opened(payload, name).found.leaves)


def container_problems(payload: bytes, name: str) -> tuple[Problem, ...]:
    """What staff should know about a container: encrypted, damaged, too deep, hostile names."""
    return tuple(opened(payload, name).found.problems)


def opened(payload: bytes, name: str) -> Tree:
    """The tree below one file."""
    tree = Tree()
    tree.open_file(payload, name)
    return tree
