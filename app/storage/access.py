"""People, sessions and keys, read and written in SQL."""
