"""Ways of telling, one file each."""
