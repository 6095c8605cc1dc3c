"""Running processes, read and written in SQL."""
