"""A network with one hidden layer, as scikit-learn's MLPClassifier trains it, in the numbers that using it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Network:
    """Rows of `size` numbers become rows of `columns` logits, by way of `units` that each see a direction of their own.

    A unit says how far a row lies in its direction, and nothing where it lies the other way (rectified linear units).
    """

    inner: Numbers  # size x units
    inner_bias: Numbers  # units
    outer: Numbers  # units x columns
    outer_bias: Numbers  # columns

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> "Network":
        """From what `arrays` gave. KeyError where one is missing, ValueError where they do not fit each other."""
        network = cls(*(arrays[name].astype(np.float32) for name in ("inner", "inner_bias", "outer", "outer_bias")))
        if network.inner.ndim != 2 or network.outer.ndim != 2:
            raise ValueError("its layers are no tables")
        units, columns = network.outer.shape
        if network.inner.shape[1:] != (units,) or network.inner_bias.shape != (units,):
            raise ValueError("its layers do not fit each other")
        if network.outer_bias.shape != (columns,):
            raise ValueError("its layers do not fit each other")
        return network

    @property
    def sizes(self) -> tuple[int, int]:
        """Of what goes in, and of what comes out."""
        return self.inner.shape[0], self.outer.shape[1]

    def weigh(self, rows: Numbers) -> Numbers:
        """The logits of each row."""
        seen = np.maximum(rows @ self.inner + self.inner_bias, 0)
        weighed: Numbers = seen @ self.outer + self.outer_bias
        return weighed

    def scaled(self, slopes: NDArray[Any], offsets: NDArray[Any]) -> "Network":
        """The network whose logits are `slopes` times as large, and moved by `offsets`."""
        outer = (self.outer * slopes).astype(np.float32)
        return replace(self, outer=outer, outer_bias=(self.outer_bias * slopes + offsets).astype(np.float32))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What a file keeps: the tables in half precision."""
        return {
            "inner": self.inner.astype(np.float16),
            "inner_bias": self.inner_bias,
            "outer": self.outer.astype(np.float16),
            "outer_bias": self.outer_bias,
        }


def mean_of(networks: Sequence[Network]) -> Network:
    """One network that says what several say on average: all their units side by side."""
    return Network(
        np.hstack([one.inner for one in networks]),
        np.hstack([one.inner_bias for one in networks]),
        np.vstack([one.outer for one in networks]) / np.float32(len(networks)),
        np.mean([one.outer_bias for one in networks], axis=0, dtype=np.float32),
    )
