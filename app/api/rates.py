"""How often a caller may ask: a window of a minute per caller and node, told in the RateLimit fields (CV-34)."""

import math
from dataclasses import dataclass, field
from typing import Final

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from app.errors import TooMany

WINDOW: Final = 60
# Documented in the OpenAPI description: requests a minute of one key or session, and of what costs others something.
DEFAULT: Final = RateLimitItemPerMinute(600)
COSTLY: Final = RateLimitItemPerMinute(20)


@dataclass(frozen=True, slots=True)
class Rates:
    """The windows of this node's callers."""

    limiter: FixedWindowRateLimiter = field(default_factory=lambda: FixedWindowRateLimiter(MemoryStorage()))

    def take(self, caller: str, now: float, *, costly: bool = False) -> dict[str, str]:
        """Count one request; the fields to answer with. TooMany when the window is used up."""
        item = COSTLY if costly else DEFAULT
        name = "costly" if costly else "default"
        allowed = self.limiter.hit(item, name, caller)
        stats = self.limiter.get_window_stats(item, name, caller)
        left = min(WINDOW, max(1, math.ceil(stats.reset_time - now)))
        if not allowed:
            raise TooMany(f"{item.amount} requests a minute are the limit", left)
        return to_fields(item, name, stats.remaining, left)


def to_fields(item: RateLimitItem, name: str, remaining: int, left: int) -> dict[str, str]:
    return {
        "RateLimit-Policy": f'"{name}";q={item.amount};w={WINDOW}',
        "RateLimit": f'"{name}";r={max(0, remaining)};t={left}',
    }
