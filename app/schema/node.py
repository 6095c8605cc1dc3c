"""The processes that run on this database."""

from sqlalchemy import Column, Table, Text

from app.schema.base import metadata, moment, said

node = Table(
    "node",
    metadata,
    Column("id", Text, primary_key=True, comment="Host, process and a random part"),
    said("role", "serve or work"),
    moment("started_at", "When it started"),
    moment("seen_at", "Last sign of life"),
    comment="A running process; readiness and 'is anybody listening' are read from here",
)
