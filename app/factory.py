"""Wiring: which parts the service is made of, in tables."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from app.config import Settings
from app.labelling import LabellerInAProcess
from app.live_models import LiveModels
from app.notifiers import NOTIFIERS
from app.pipeline import Pipeline, Stage
from app.playing import play_in_a_child
from app.refining import RefinerInAProcess
from app.scheduler import Beat
from app.stages.alert import AlertStage
from app.stages.classify import Chooser, ClassifyStage, Labeller
from app.stages.collect import CollectStage
from app.stages.dedupe import DedupeStage
from app.stages.desk import Desk
from app.stages.detect import DetectStage
from app.stages.group import GroupStage
from app.stages.hear import HearStage
from app.stages.learn import Habits, LearnStage
from app.stages.ledger import LedgerStage
from app.stages.lifecycle import LifecycleStage
from app.stages.match import MatchStage
from app.stages.normalise import NormaliseStage
from app.stages.notify import NotifyStage
from app.stages.outlook import OutlookStage
from app.stages.radar import RadarStage
from app.stages.receive import ReceiveStage
from app.stages.refine import RefineStage, send_on
from app.stages.replays import ReplaysStage
from app.stages.subscribe import SubscribeStage
from app.storage.database import Database
from app.storage.refining import STAGE
from classifiers.detectors import DETECTORS
from classifiers.embedding import is_installed
from classifiers.promotion import Rule
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
        models = LiveModels(labeller, Path(stack.enter_context(TemporaryDirectory(prefix="forkant-models-"))))
        learn = LearnStage(database, labeller, models, model, habits_of(settings))
        stack.push_async_callback(learn.close)
        address = settings.database_url or database.engine.url.render_as_string(hide_password=False)
        replays = ReplaysStage(database, node_id, partial(play_in_a_child, address))
        stack.push_async_callback(replays.close)
        refine = None
        if settings.embeddings == "auto" and is_installed():
            refiner = RefinerInAProcess(model, settings.own_embeddings)
            stack.callback(refiner.close)
            refine = RefineStage(database, refiner, models)
        else:
            await send_on(database)
        pipeline = wire(
            database,
            settings,
            node_id,
            labeller,
            desk,
            outbound,
            parsers,
            notify,
            chooser=models,
            learn=learn,
            refine=refine,
            replays=replays,
        )
        if isinstance(pipeline.hear, HearStage):
            stack.push_async_callback(pipeline.hear.hang_up)
        yield pipeline


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
    chooser: Chooser | None = None,
    learn: Stage | None = None,
    refine: Stage | None = None,
    replays: Stage | None = None,
) -> Pipeline:
    """The stages in their places. `chance` spreads the visits to sources; a play that must repeat itself gives none."""
    collect = CollectStage(database, outbound, parsers, settings, node_id, chance=chance)
    return Pipeline(
        collect=collect,
        normalise=NormaliseStage(database),
        dedupe=DedupeStage(desk),
        classify=ClassifyStage(database, labeller, chooser),
        group=GroupStage(desk, then=STAGE if refine else None),
        match=MatchStage(database),
        detect=DetectStage(database, DETECTORS),
        alert=AlertStage(database, load_taxonomy()),
        notify=notify,
        ledger=LedgerStage(database),
        hear=HearStage(database, collect, node_id, settings.streams_at_once),
        subscribe=SubscribeStage(database, outbound, which=settings.push, base=settings.hub_base),
        receive=ReceiveStage(database, parsers),
        learn=learn,
        foresee=OutlookStage(database),
        follow=LifecycleStage(database, load_taxonomy()),
        refine=refine,
        replays=replays,
        radar=RadarStage(database, node_id),
    )


def habits_of(settings: Settings) -> Habits:
    rule = Rule(held_out=settings.promote_held_out)
    return Habits(settings.learn_after, settings.questions_a_day, settings.promote_by_rule, rule)


def beats(pipeline: Pipeline) -> tuple[Beat, ...]:
    """What a worker does, and how often."""
    return (
        Beat("listen", timedelta(seconds=1), pipeline.listen),
        Beat("understand", timedelta(seconds=1), pipeline.understand),
        Beat("tell", timedelta(seconds=1), pipeline.tell),
        Beat("account", timedelta(minutes=1), pipeline.account),
        Beat("be_told", timedelta(seconds=1), pipeline.be_told),
        Beat("hear", timedelta(seconds=1), pipeline.keep_lines_open),
        Beat("ask_hubs", timedelta(seconds=5), pipeline.ask_hubs),
        Beat("foresee", timedelta(seconds=20), pipeline.foresee_stories),
        Beat("follow", timedelta(seconds=20), pipeline.follow_stories),
        Beat("learn", timedelta(seconds=30), pipeline.learn_from_people),
        Beat("refine", timedelta(seconds=2), pipeline.read_closely),
        Beat("replay", timedelta(seconds=2), pipeline.play_the_past),
        Beat("look_around", timedelta(hours=1), pipeline.look_around),
    )
