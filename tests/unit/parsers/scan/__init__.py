"""The scan room, each step on pictures that the tests draw; without the extra `ocr` all of it but the pure part is skipped by name."""
