"""Watches, read and written in SQL."""
