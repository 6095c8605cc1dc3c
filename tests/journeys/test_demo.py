"""The demo's first three days, end to end: real feeds, the real stages and model, a database, two receivers."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from app.config import load_settings
from app.demo.player import steps
from app.demo.printing import Account, print_account
from app.demo.receivers import breaches
from app.demo.show import open_stage, perform
from app.demo.values import ThreadKind, busiest
from app.demo.verdict import ThreadVerdict
from app.demo.week import load_week
from app.embedded.server import EmbeddedPostgres
from app.records import Caller, Role
from app.records.replays import ReplayAsk, ReplayState
from app.records.watches import WatchDraft
from app.stages.replays import ReplaysStage
from classifiers.trained import MODEL
from classifiers.training import ensure_shipped
from tests.conftest import _create

SUNDAY_EVENING = datetime(2026, 3, 15, 18, 0, tzinfo=UTC)
PLAYED = timedelta(days=3)
STEP = timedelta(minutes=30)


@pytest.fixture(scope="module")
async def account(server: EmbeddedPostgres, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Account:
    """Three days played once for all tests here; the printed account stands in `printed`."""
    name = f"demo_{worker_id}"
    await _create(server.url(), name)
    ensure_shipped(MODEL)
    week = load_week(SUNDAY_EVENING)
    settings = load_settings(home=tmp_path_factory.mktemp("demo"))
    async with open_stage(settings, week, server.url(name), MODEL) as stage:
        return await perform(stage, Console(file=io.StringIO()), steps(week, STEP, week.begins + PLAYED))


def verdict_of(account: Account, name: str) -> ThreadVerdict:
    return next(one for one in account.verdict.threads if one.thread.id == name)


@pytest.mark.timeout(600)
async def test_both_issues_of_the_first_days_are_noticed_before_their_peak(account: Account) -> None:
    for name in ("control-systems", "passenger-register"):
        one = verdict_of(account, name)
        assert one.lead is not None, f"{name} was missed"
        assert one.lead > timedelta(0), f"{name} was noticed {one.lead} after its peak"


async def test_a_wire_text_in_ten_papers_is_one_voice(account: Account) -> None:
    voices = verdict_of(account, "wire-passengers").voices
    assert voices is not None
    assert (voices.signals, voices.copies, voices.independent) == (10, 9, 1)


async def test_the_football_burst_wakes_nobody(account: Account) -> None:
    football = verdict_of(account, "football")
    assert football.noticed_at is None, football.by


async def test_the_strict_receiver_took_every_slack_message_in_the_end_cv_01_cv_04(account: Account) -> None:
    slack = account.receivers.slack
    delivered = next(one for one in account.deliveries if one.receiver.startswith("Slack"))
    assert slack.complaints == []
    assert slack.turned_away[:1] == [429]
    assert delivered.sent == len(slack.messages) > 0
    assert delivered.waiting == 0
    assert 0 < delivered.retried <= len(slack.turned_away)


async def test_every_webhook_was_signed_cv_20(account: Account) -> None:
    assert account.receivers.webhook.complaints == []
    assert account.receivers.webhook.messages


async def test_a_server_that_failed_for_a_while_is_heard_again(account: Account) -> None:
    once_broken = next(row for row in account.sources if row.source.name == "Lövskata Dagblad")
    assert (once_broken.failures, once_broken.health) == (0, "heard")


async def test_the_past_of_the_demo_can_be_asked(
    server: EmbeddedPostgres, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    name = f"demo_past_{worker_id}"
    await _create(server.url(), name)
    week = load_week(SUNDAY_EVENING)
    settings = load_settings(home=tmp_path_factory.mktemp("past"))
    until = week.begins + timedelta(hours=12)
    async with open_stage(settings, week, server.url(name), MODEL) as stage:
        await perform(stage, Console(file=io.StringIO()), steps(week, timedelta(hours=2), until))
        asked = ReplayAsk(week.begins, until, draft=WatchDraft("Ferries", "ferge* OR ferry"))
        caller = Caller(1, "demo", Role.ADMIN.scopes)
        row = await stage.services.replays.ask(caller, asked, until)
        replays = stage.pipeline.replays
        assert isinstance(replays, ReplaysStage)
        await replays.run(until)
        await replays.settle()
        await replays.run(until)
        assert (await stage.services.replays.get(caller, row.id)).replay.state is ReplayState.DONE


async def test_the_account_says_what_came_of_each_thread(account: Account) -> None:
    page = io.StringIO()
    print_account(Console(file=page, width=200), account)
    assert all(thread.title in page.getvalue() for thread in account.week.threads)


def test_the_week_is_large_and_in_six_languages() -> None:
    week = load_week(SUNDAY_EVENING)
    heard = [piece for piece in week.pieces if week.begins <= piece.at <= week.ends]
    languages = {outlet.language for outlet in week.outlets}
    assert 600 <= len(heard) <= 1100
    assert {"nb", "nn", "sv", "da", "nl", "en"} <= languages
    assert {thread.kind for thread in week.threads} == set(ThreadKind)


def test_the_same_day_gives_the_same_week() -> None:
    assert load_week(SUNDAY_EVENING).pieces == load_week(SUNDAY_EVENING).pieces


def test_a_silent_outlet_says_nothing_more() -> None:
    week = load_week(SUNDAY_EVENING)
    silent = {outlet.id: outlet.silent_from for outlet in week.outlets if outlet.silent_from}
    assert silent
    assert all(piece.at < silent[piece.outlet] for piece in week.pieces if piece.outlet in silent)


def test_the_peak_is_the_busiest_hour() -> None:
    day = datetime(2026, 3, 9, tzinfo=UTC)
    times = [day + timedelta(minutes=minutes) for minutes in (0, 300, 310, 330, 900)]
    assert busiest(times) == times[1]


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        ({}, "no text"),
        ({"text": "a", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]}, "too long"),
        ({"text": "a", "blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]}, "plain text"),
        ({"text": "a", "blocks": [{"type": "section", "fields": [{"text": "x"}] * 11}]}, "too many"),
        ({"text": "a", "blocks": [{"type": "video"}]}, "kind"),
    ],
)
def test_the_demo_receiver_is_as_strict_as_slack_cv_01(payload: dict[str, object], complaint: str) -> None:
    assert any(complaint in wrong for wrong in breaches(payload))
