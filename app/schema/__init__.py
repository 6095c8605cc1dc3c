"""The tables, one file per aggregate. `metadata` is what migrations are compared with."""

from app.schema import (
    access,
    alert,
    coverage,
    delivery,
    emergence,
    item,
    label,
    learning,
    node,
    organisation,
    push,
    signal,
    source,
    story,
    tip,
    watch,
)
from app.schema.base import metadata

__all__ = [
    "access",
    "alert",
    "coverage",
    "delivery",
    "emergence",
    "item",
    "label",
    "learning",
    "metadata",
    "node",
    "organisation",
    "push",
    "signal",
    "source",
    "story",
    "tip",
    "watch",
]
