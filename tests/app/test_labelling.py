"""The classifier in its own process: its crashes stay outside, and a missing model is nobody's fault but its own."""

from pathlib import Path

import pytest

from app.errors import OutOfOrder
from app.labelling import LabellerInAProcess
from tests.support.signals import a_signal


async def test_a_missing_model_is_out_of_order_and_not_the_fault_of_any_item(tmp_path: Path) -> None:
    labeller = LabellerInAProcess(tmp_path / "no-such-model.npz")
    with pytest.raises(OutOfOrder, match="forkant model train"):
        await labeller([a_signal("Brann på lager")])
    labeller.close()


async def test_a_child_that_died_is_replaced(model_file: Path) -> None:
    labeller = LabellerInAProcess(model_file)
    await labeller([a_signal("Brann på lager")])
    assert labeller._pool is not None
    for process in list(labeller._pool._processes.values()):
        process.kill()
        process.join()
    with pytest.raises(Exception):  # noqa: B017, PT011 - the batch under way is lost, whatever it is called
        await labeller([a_signal("Streik")])
    assert len(await labeller([a_signal("Streik")])) == 1
    labeller.close()
