"""Which model labels which signals: that of the organisation that heard them, or the one that ships with Forkant.

It is asked of the database for every batch, in the transaction of the batch: a promotion or a rollback holds from the
next batch on, on every node, without a restart. The files of promoted models lie in the database, so that every node
and every restored backup has them; here they are written to a folder for the child process that labels.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from app.labelling import Guesses, LabellerInAProcess
from app.storage import registry
from classifiers.errors import ModelError
from classifiers.exercise import hash_of
from classifiers.types import Label
from signals.types import Signal

log = structlog.get_logger()


class LiveModels:
    """`folder` is ours alone while we run."""

    def __init__(self, labeller: LabellerInAProcess, folder: Path) -> None:
        self._labeller = labeller
        self._folder = folder
        self._unusable: set[str] = set()  # hashes; told once

    async def label(self, connection: AsyncConnection, signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        """Labels for each signal, in order. A promoted model that cannot be used gives way to the shipped one."""
        found: dict[int, tuple[Label, ...]] = {}
        for chosen in await registry.choose(connection, [signal.id for signal in signals]):
            mine = [signal for signal in signals if signal.id in set(chosen.signal_ids)]
            found |= zip_labels(mine, await self._label_with(connection, chosen, mine))
        rest = [signal for signal in signals if signal.id not in found]
        if rest:
            found |= zip_labels(rest, await self._labeller(rest))
        return [found[signal.id] for signal in signals]

    async def label_for(
        self, connection: AsyncConnection, organisation_id: int, texts: Sequence[Signal]
    ) -> list[tuple[Label, ...]]:
        """The same for texts that no source of ours said, by the model that the organisation uses."""
        chosen = await registry.choose_for(connection, organisation_id)
        return await self._label_with(connection, chosen, texts) if chosen else await self._labeller(texts)

    async def _label_with(
        self, connection: AsyncConnection, chosen: registry.Chosen, signals: Sequence[Signal]
    ) -> list[tuple[Label, ...]]:
        if chosen.hash in self._unusable:
            return await self._labeller(signals)
        try:
            path = await self.file_of(connection, chosen.model_id, chosen.hash)
            return await self._labeller.label_with(path, signals)
        except ModelError as reason:
            self._unusable.add(chosen.hash)
            log.warning("the promoted model cannot be used, the shipped one labels", model=chosen.by, error=str(reason))
            return await self._labeller(signals)

    async def file_of(self, connection: AsyncConnection, model_id: int, hash_: str) -> Path:
        """The model's file on this machine. ModelError where it is kept no more, or was changed."""
        path = self._folder / f"{hash_}.npz"
        if not path.exists():
            content = await registry.load_content(connection, model_id)
            if content is None:
                raise ModelError("Its file is kept no more: train it again with `forkant model train --organisation`.")
            if hash_of(content) != hash_:
                raise ModelError("Its file was changed after it was trained.")
            beside = path.with_suffix(".part")
            beside.write_bytes(content)
            beside.replace(path)
        return path

    def is_unusable(self, hash_: str) -> bool:
        return hash_ in self._unusable

    async def label_with(self, path: Path, signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        return await self._labeller.label_with(path, signals)

    async def guess(self, path: Path | None, texts: Sequence[tuple[str, str]]) -> Guesses:
        return await self._labeller.guess(path, texts)


@asynccontextmanager
async def open_models(model: Path) -> AsyncIterator[LiveModels]:
    """With a child of their own, which starts when the first is asked, and a folder; both go at the end."""
    labeller = LabellerInAProcess(model)
    with TemporaryDirectory(prefix="forkant-models-") as folder:
        try:
            yield LiveModels(labeller, Path(folder))
        finally:
            labeller.close()


def zip_labels(signals: Sequence[Signal], labels: Sequence[tuple[Label, ...]]) -> dict[int, tuple[Label, ...]]:
    return {signal.id: given for signal, given in zip(signals, labels, strict=True)}
