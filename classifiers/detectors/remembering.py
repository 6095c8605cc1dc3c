"""A detector's memory between two looks: JSON values where it is stored, the living thing where it is not.

A worker reads a detector's state from a table, and writes it back, at every look. A replay looks ten thousand times and
stores nothing: it begins with `Living()` in the place of a stored state, and the detector leaves its memory in there as
it is. What a detector finds is the same either way; a test compares them look by look.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, cast

Memory = TypeVar("Memory")


class Living(Mapping[str, Any]):
    """Holds a memory that nobody else holds; as a mapping it is empty."""

    __slots__ = ("memory",)

    def __init__(self, memory: object = None) -> None:
        self.memory = memory

    def __getitem__(self, key: str) -> Any:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


def recalled(state: Mapping[str, Any], read: Callable[[Mapping[str, Any]], Memory]) -> Memory:
    """The memory that a state holds, read if it is stored."""
    if isinstance(state, Living) and state.memory is not None:
        return cast(Memory, state.memory)
    return read(state)


def kept(state: Mapping[str, Any], memory: Memory, write: Callable[[Memory], dict[str, Any]]) -> Mapping[str, Any]:
    """The state to keep after a look: written out, unless the one before was not."""
    if not isinstance(state, Living):
        return write(memory)
    state.memory = memory
    return state
