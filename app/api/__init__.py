"""REST under /api/v1: thin doors onto the services."""
