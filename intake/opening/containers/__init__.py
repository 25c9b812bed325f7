"""容器: what letters carry other files in - archives, Outlook's own wrappers, signed mail - and the limits that hold for all of them."""
