"""What it means: labels for signals, and detectors that notice what is on its way."""
