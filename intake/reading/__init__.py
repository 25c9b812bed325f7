"""读取: untrusted bytes are only touched here, in a child process that owns nothing."""
