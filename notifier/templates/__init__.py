"""空白表: forms that read back perfectly."""
