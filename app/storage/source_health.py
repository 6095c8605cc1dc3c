"""Sources with how it goes, read and written in SQL."""
