"""The script of the pages: sources, and the command that bundles them."""
