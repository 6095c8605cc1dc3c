"""Commands that people give on the command line, one file each."""
