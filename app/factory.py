"""Wiring: which parts the service is made of, in tables."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

from app.config import Settings
from app.labelling import LabellerInAProcess
from app.notifiers import NOTIFIERS
from app.pipeline import Pipeline
from app.scheduler import Beat
from app.stages.alert import AlertStage
from app.stages.classify import ClassifyStage, Labeller
from app.stages.collect import CollectStage
from app.stages.dedupe import DedupeStage
from app.stages.desk import Desk
from app.stages.detect import DetectStage
from app.stages.group import GroupStage
from app.stages.match import MatchStage
from app.stages.normalise import NormaliseStage
from app.stages.notify import NotifyStage
from app.storage.database import Database
from classifiers.detectors import DETECTORS
from classifiers.taxonomy import load_taxonomy
from signals.fetch import Outbound
from signals.parser_pool import ParserPool


@asynccontextmanager
async def make_pipeline(database: Database, settings: Settings, node_id: str, model: Path) -> AsyncIterator[Pipeline]:
    """The live pipeline of one worker, with everything it holds open: sockets, parser children, the model's process."""
    async with AsyncExitStack() as stack:
        outbound = await stack.enter_async_context(Outbound(settings.user_agent, private_hosts=settings.private_hosts))
        parsers = await stack.enter_async_context(ParserPool())
        labeller = LabellerInAProcess(model)
        stack.callback(labeller.close)
        desk = Desk(database)
        stack.push_async_callback(desk.leave)
        notify = NotifyStage(database, outbound, NOTIFIERS, node_id, settings.link_base)
        stack.push_async_callback(notify.drain)
        yield wire(database, settings, node_id, labeller, desk, outbound, parsers, notify)


def wire(
    database: Database,
    settings: Settings,
    node_id: str,
    labeller: Labeller,
    desk: Desk,
    outbound: Outbound,
    parsers: ParserPool,
    notify: NotifyStage,
    chance: Callable[[float, float], float] = random.uniform,
) -> Pipeline:
    """The stages in their places. `chance` spreads the visits to sources; a play that must repeat itself gives none."""
    return Pipeline(
        collect=CollectStage(database, outbound, parsers, settings, node_id, chance=chance),
        normalise=NormaliseStage(database),
        dedupe=DedupeStage(desk),
        classify=ClassifyStage(database, labeller),
        group=GroupStage(desk),
        match=MatchStage(database),
        detect=DetectStage(database, DETECTORS),
        alert=AlertStage(database, load_taxonomy()),
        notify=notify,
    )


def beats(pipeline: Pipeline) -> tuple[Beat, ...]:
    """What a worker does, and how often."""
    return (
        Beat("listen", timedelta(seconds=1), pipeline.listen),
        Beat("understand", timedelta(seconds=1), pipeline.understand),
        Beat("tell", timedelta(seconds=1), pipeline.tell),
    )
