"""Makers of invented studios and of the files that universities send: shared by every room's tests."""
