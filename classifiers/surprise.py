"""How surprising a count is: the negative-binomial z that surges and new terms share."""

from __future__ import annotations

from math import erfc, log, log1p, sqrt

_POISSON_BELOW = 1e-6
_NEXT_TO_NOTHING = 1e-12  # below it x / expected may underflow


def surprise(observed: float, expected: float, dispersion: float) -> float:
    """Signed root of the deviance, about N(0, 1) if the variance is expected + dispersion * expected ** 2.

    >>> round(surprise(observed=9, expected=2, dispersion=0.0), 3)
    3.406
    """
    # Continuity: what lies above by less than half a mention is no surprise at all.
    x = max(observed - 0.5, expected) if observed > expected else observed
    deviance = x * log(x / expected) if x > _NEXT_TO_NOTHING else 0.0
    if dispersion < _POISSON_BELOW:
        deviance -= x - expected
    else:
        deviance -= (x + 1 / dispersion) * (log1p(dispersion * x) - log1p(dispersion * expected))
    z = sqrt(2 * deviance) if deviance > 0 else 0.0
    return z if observed > expected else -z


def believable_excess(expected: float, dispersion: float) -> float:
    """How far above the expectation a count may lie and still be learned from in full."""
    return 2 * sqrt(expected + dispersion * expected * expected) + 1


def tail_of(z: float) -> float:
    """Probability of at least this surprise in ordinary times.

    >>> tail_of(2.0)
    0.02275
    """
    return round(erfc(z / sqrt(2)) / 2, 6)
