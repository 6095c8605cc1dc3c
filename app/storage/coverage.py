"""Whether we hear what we mean to hear, read and written in SQL."""
