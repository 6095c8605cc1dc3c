"""The demo: a fictional organisation's week, spoken by outlets of our own and heard by the real service."""
