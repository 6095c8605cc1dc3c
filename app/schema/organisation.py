"""Whose Forkant this is."""

from sqlalchemy import Table

from app.schema.base import key, metadata, moment, said

organisation = Table(
    "organisation",
    metadata,
    key("Owner of sources, watches, receivers and people"),
    said("name", "As people call it"),
    said("time_zone", "IANA name; hours of the day mean hours there", "Europe/Oslo"),
    said("language", "BCP 47; what Forkant speaks where nobody chose", "en"),
    moment("created_at", "When it was set up"),
    comment="Whose Forkant this is; one row on most installations",
)
