"""A starter at an address that nobody tried says nothing by its silence: it waits, outside the coverage."""

from dataclasses import replace

from app.storage.sources import Claim
from signals.rhythm import Health, Plan
from signals.starters import is_unproven

NEVER_REACHED = "Never reached: this address came with Forkant untried. Correct it, or stop listening."


def excuse(taken: Claim, plan: Plan, message: str) -> tuple[Plan, str]:
    """The plan after a failed visit, and what is said of it.

    Only untried starters are excused, never one known to work: else a machine without a way out to the internet would
    hear nothing and call that full coverage.
    """
    if not taken.is_first or plan.health is Health.RETIRED or not is_unproven(taken.source.kind, taken.source.address):
        return plan, message
    return replace(plan, health=Health.NEW), f"{NEVER_REACHED} {message}"
