"""Whose Forkant this is."""

from sqlalchemy import Column, Integer, Table

from app.schema.base import key, metadata, moment, said

organisation = Table(
    "organisation",
    metadata,
    key("Owner of sources, watches, receivers and people"),
    said("name", "As people call it"),
    said("time_zone", "IANA name; hours of the day mean hours there", "Europe/Oslo"),
    said("language", "BCP 47; what Forkant speaks where nobody chose", "en"),
    Column(
        "false_alarms_a_month",
        Integer,
        nullable=True,
        comment="Alarms of numbers alone that it bears in 30 days; null: one for each active watch",
    ),
    moment("created_at", "When it was set up"),
    comment="Whose Forkant this is; one row on most installations",
)
