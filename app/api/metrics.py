"""Metrics for Prometheus: how requests went on this node, and what the database holds."""

from collections.abc import Iterator, Mapping

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from starlette.types import Scope

from app.api.doors import READ, Desk, Now
from app.records import Totals

router = APIRouter(include_in_schema=False, dependencies=[Depends(READ)])


class Requests:
    """How many requests each route had on this node, and how long they took."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.seconds = Histogram(
            "forkant_http_request_seconds",
            "Time to the first byte of an answer",
            ("method", "route", "status"),
            registry=self.registry,
        )

    def observe(self, scope: Scope, status: int, seconds: float) -> None:
        """Routes by their pattern: addresses are many, and hold ids."""
        method = scope["method"] if scope["method"] in METHODS else "other"
        self.seconds.labels(method, route_of(scope), str(status)).observe(seconds)


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_of(scope: Scope) -> str:
    """The address with its ids taken out; the framework knows only the part of it that the last router added."""
    if scope.get("route") is None:
        return "none"
    if scope["path"].startswith("/static/"):
        return "/static"
    names = {str(value): f"{{{name}}}" for name, value in scope.get("path_params", {}).items()}
    return "/".join(names.get(part, part) for part in scope["path"].split("/"))


class TotalsCollector:
    """Totals as gauges: every node tells the same, since all read one database."""

    def __init__(self, totals: Totals) -> None:
        self.totals = totals

    def collect(self) -> Iterator[Metric]:
        totals = self.totals
        yield GaugeMetricFamily("forkant_items", "Items stored", totals.items)
        yield GaugeMetricFamily("forkant_signals", "Signals stored", totals.signals)
        yield by("forkant_alerts", "Alerts", "state", totals.alerts)
        yield by("forkant_sources", "Active sources", "health", totals.sources)
        yield by("forkant_deliveries", "Deliveries", "state", totals.deliveries)
        yield by("forkant_items_waiting", "Items on their way", "stage", totals.waiting)
        yield GaugeMetricFamily("forkant_items_quarantined", "Items set aside after errors", totals.quarantined)
        yield GaugeMetricFamily("forkant_workers", "Work processes seen in the last minute", totals.workers)


def by(name: str, words: str, label: str, counts: Mapping[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, number in sorted(counts.items()):
        family.add_metric([value], number)
    return family


@router.get("/metrics")
async def metrics(request: Request, services: Desk, now: Now) -> Response:
    totals = CollectorRegistry()
    totals.register(TotalsCollector(await services.health.totals(now)))
    body = generate_latest(request.app.state.requests.registry) + generate_latest(totals)
    return Response(body, media_type=CONTENT_TYPE_LATEST)
