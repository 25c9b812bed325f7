"""开页: the bytes of a file -> pictures of its pages (files.py), out of picture files (pictures.py, Pillow) and PDF (pdf_pages.py, pypdfium2)."""
