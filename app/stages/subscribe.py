"""Subscribe: hubs are asked for what feeds offer by push (WebSub), again before it ends, and told when we leave."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from urllib.parse import urlencode, urljoin

from app.alerts.types import Tally
from app.storage import push
from app.storage.database import Database
from app.storage.push import Subscription
from signals.errors import CollectError
from signals.fetch import Answer, Outbound
from signals.fetch_errors import to_wait
from signals.push import LEASE_ASKED, TRIES_TO_LEAVE, Reply, after_asking

AT_ONCE = 8
PATIENCE = timedelta(seconds=20)  # for a hub's answer
REDIRECTS = frozenset({307, 308})  # the two by which a hub may name another; each is checked like the first
MOST_REDIRECTS = 3
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class SubscribeStage:
    """Keeps subscriptions as feeds offer them and settings want them. `base`: our public address; empty: none."""

    def __init__(self, database: Database, outbound: Outbound, *, which: str, base: str) -> None:
        self._database = database
        self._outbound = outbound
        self._is_on = bool(base) and which != "off"
        self._all = which == "all"
        self._base = base

    async def run(self, now: datetime) -> Tally:
        async with self._database.transaction() as connection:
            await push.reconcile(connection, now, is_on=self._is_on, all_sources=self._all)
            lapsed = await push.lapse(connection, now)
            due = await push.claim_steps(connection, now, self._base, AT_ONCE)
        replies = Counter(await asyncio.gather(*(self._turn_to_hub(one, now) for one in due)))
        return Tally("subscribe", len(due), replies.pop("asked", 0), (*replies.items(), *[("lapsed", lapsed)][:lapsed]))

    async def _turn_to_hub(self, subscription: Subscription, now: datetime) -> str:
        reply = await self._ask(subscription)
        step = after_asking(reply, subscription.tries)
        # A hub that we want to leave and that does not hear us forgets us by itself, when the lease ends.
        is_over = not subscription.is_wanted and subscription.tries >= TRIES_TO_LEAVE
        async with self._database.transaction() as connection:
            next_step_at = None if is_over else now + step.wait
            await push.note_reply(connection, subscription, next_step_at, step.remark, is_over=is_over)
        return "asked" if reply.is_taken else "refused or out of order"

    async def _ask(self, subscription: Subscription) -> Reply:
        """One request, sent on to another hub where the first says so. It holds our secret: https where we can."""
        body = _to_form(subscription)
        address = subscription.hub
        try:
            for _ in range(MOST_REDIRECTS + 1):
                answer = await self._outbound.post(address, body, FORM, PATIENCE)
                if answer.status not in REDIRECTS or "Location" not in answer.headers:
                    return _to_reply(answer)
                address = urljoin(address, answer.headers["Location"])
        except (CollectError, ValueError) as error:
            return Reply(error=f"The hub cannot be asked: {error}")
        return Reply(error="The hub sends us on and on.")


def _to_form(subscription: Subscription) -> bytes:
    form = {
        "hub.mode": "subscribe" if subscription.is_wanted else "unsubscribe",
        "hub.topic": subscription.topic,
        "hub.callback": subscription.callback,
    }
    if subscription.is_wanted:
        form |= {"hub.secret": subscription.secret, "hub.lease_seconds": f"{LEASE_ASKED.total_seconds():.0f}"}
    return urlencode(form).encode()


def _to_reply(answer: Answer) -> Reply:
    wait = to_wait(answer.headers.get("Retry-After", ""), answer.headers.get("Date", ""))
    return Reply(answer.status, retry_after=wait)
