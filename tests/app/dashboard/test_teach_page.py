"""Teaching on the pages, without script: one tap on a label, questions, and models promoted and rolled back."""

from sqlalchemy import insert

from app.records import Role
from app.schema.learning import model, question
from app.storage.database import Database
from tests.app.api.conftest import web  # noqa: F401 - a server without a browser is enough here
from tests.support.rows import NOON, add_signal, add_source, set_scene
from tests.support.web import Client, Web

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def press(client: Client, path: str, **fields: object) -> tuple[int, str]:
    answer = await client.post(path, data={name: str(value) for name, value in fields.items()})
    return answer.status, answer.headers.get("Location", "")


async def test_a_label_is_called_wrong_with_one_tap_on_signal_alert_and_story(web: Web, database: Database) -> None:  # noqa: F811
    async with database.transaction() as connection:
        scene = await set_scene(connection)
    ola = await web.signed_in(Role.TRIAGE, "ola")
    signal_id = scene.signal_ids[0]
    for path in (f"/signals/{signal_id}", f"/alerts/{scene.alert_id}", f"/stories/{scene.story_id}"):
        shown = (await ola.get(path)).text
        assert 'action="/teach/judge"' in shown
        assert f'name="signal" value="{signal_id}"' in shown
    given = {"signal": signal_id, "topic": "service_disruption", "right": "no", "next": f"/alerts/{scene.alert_id}"}
    assert await press(ola, "/teach/judge", **given) == (303, f"/alerts/{scene.alert_id}")
    assert "You said: wrong" in (await ola.get(f"/signals/{signal_id}")).text
    assert await press(ola, "/teach/judge", **given | {"right": "yes"}) == (303, f"/alerts/{scene.alert_id}")
    assert "You said: right" in (await ola.get(f"/signals/{signal_id}")).text
    reader = await web.signed_in(Role.READER, "per")
    assert 'action="/teach/judge"' not in (await reader.get(f"/signals/{signal_id}")).text
    assert (await press(reader, "/teach/judge", **given))[0] == 403
    without_token = Client(ola.base, ola.session, ola.headers | {"X-Form-Token": ""})
    assert (await press(without_token, "/teach/judge", **given))[0] == 403  # SE-21


async def test_questions_are_answered_or_passed_over(web: Web, database: Database) -> None:  # noqa: F811
    async with database.transaction() as connection:
        source_id = await add_source(connection)
        ids = [await add_signal(connection, source_id, title) for title in ("Klager på <b>støy</b>", "Uklar sak")]
        rows = [
            {"organisation_id": 1, "signal_id": number, "topic": "public_pressure", "score": 0.5, "threshold": 0.6}
            | {"alike": 3, "worth": 1.0, "asked_at": NOON}
            for number in ids
        ]
        await connection.execute(insert(question), rows)
    ola = await web.signed_in(Role.TRIAGE, "ola")
    shown = (await ola.get("/teach")).text
    assert "Klager på" in shown
    assert "3 signals say the same" in shown
    answered = {"signal": ids[0], "topic": "public_pressure", "right": "yes", "asked": "yes", "next": "/teach"}
    assert await press(ola, "/teach/judge", **answered) == (303, "/teach")
    assert await press(ola, "/teach/pass", signal=ids[1]) == (303, "/teach")
    assert "Nothing at the moment" in (await ola.get("/teach")).text
    kari = await web.signed_in(Role.ADMIN)
    standing = (await kari.get("/teach")).text
    assert "Take all of it back" in standing
    assert "ola" in standing


async def test_an_administrator_promotes_and_rolls_back_and_sees_why_not(web: Web, database: Database) -> None:  # noqa: F811
    flip = {"text": "Sol i helgen", "language": "nb", "must": [], "must_not": ["any"], "given": ["environment"]}
    figures = {"name": "all", "texts": 40, "right": 31, "precision": 0.8, "recall": 0.7, "topic_f1": 0.61}
    metrics = {
        "lessons": 120,
        "people": 3,
        "held_out": [figures, figures | {"name": "nb", "texts": 12}],
        "bins": [{"low": 0.6, "labels": 12, "score": 0.66, "right": 0.7}],
        "seed": {"precision": 0.9, "recall": 0.7, "f1": 0.79, "topic_f1": 0.6},
        "seed_before": None,
        "canaries": {"sung": 60, "well": 60, "flips": [], "ill": []},
        "comparison": {"against": "topics@0", "texts": 40, "only_before": 2, "only_now": 7, "chance": 0.98},
    }
    async with database.transaction() as connection:
        for version, own in (
            ("good.1", metrics),
            ("bad.1", metrics | {"canaries": {"sung": 1, "well": 0, "flips": [flip]}}),
        ):
            await connection.execute(
                insert(model).values(
                    organisation_id=1, version=version, hash="00", content=b"x", metrics=own, made_at=NOON
                )
            )
    kari = await web.signed_in(Role.ADMIN)
    assert "good.1" in (await kari.get("/models")).text
    card = (await kari.get("/models/good.1")).text
    assert "No worse than noise allows" in card
    assert "too few to say" in card
    assert "Sol i helgen" in (await kari.get("/models/bad.1")).text
    refused = await kari.post("/models/bad.1/promote", data={"why": "I like it"})
    assert refused.status == 409
    assert "canary flips" in refused.text
    assert await press(kari, "/models/good.1/promote", why="It knows us") == (303, "/models")
    assert "It knows us" in (await kari.get("/models/good.1")).text
    assert await press(kari, "/models/rollback") == (303, "/models")
    assert (await kari.post("/models/rollback", data={"why": ""})).status == 409
    ola = await web.signed_in(Role.TRIAGE, "ola")
    assert (await ola.get("/models")).status == 403
