"""The detectors: what tells us that something is on its way."""
