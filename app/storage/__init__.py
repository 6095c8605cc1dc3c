"""SQL to values and back: one file per aggregate, functions that take a connection, no decisions."""
