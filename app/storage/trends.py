"""Counts over time, read and written in SQL."""
