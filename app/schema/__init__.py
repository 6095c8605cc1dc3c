"""The tables, one file per aggregate. `metadata` is what migrations are compared with."""

from app.schema import (
    access,
    alert,
    delivery,
    emergence,
    item,
    label,
    node,
    organisation,
    signal,
    source,
    story,
    watch,
)
from app.schema.base import metadata

__all__ = [
    "access",
    "alert",
    "delivery",
    "emergence",
    "item",
    "label",
    "metadata",
    "node",
    "organisation",
    "signal",
    "source",
    "story",
    "watch",
]
