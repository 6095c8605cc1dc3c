"""Server-rendered pages: thin doors onto the services."""
