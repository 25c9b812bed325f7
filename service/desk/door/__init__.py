"""门: who comes in and with what - host, session, role, token - and what one request works with."""
