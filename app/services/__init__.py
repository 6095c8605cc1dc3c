"""What people ask of us, one file per noun: no HTTP, no SQL."""
