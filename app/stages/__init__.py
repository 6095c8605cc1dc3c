"""The steps, one file each: read rows, call a pure function, write, one transaction."""
