"""Receivers and what they were told, read and written in SQL."""
