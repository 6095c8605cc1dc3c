"""Tables of parts (collectors, classifiers, detectors, notifiers), and what other packages add to them."""

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import TypeVar

Part = TypeVar("Part")


def with_plugins(table: Mapping[str, Part], group: str) -> dict[str, Part]:
    """The table and what installed packages offer under an entry-point group, such as `forkant.collectors`.

    A package adds names; it never replaces one of ours.
    """
    added = {point.name: point.load() for point in entry_points(group=group) if point.name not in table}
    return {**added, **table}
