"""The file of a trained model: named arrays and a JSON header, nothing that can run, and a hash over all of it.

The hash tells a damaged or edited file. What keeps a hostile one from doing harm is the form itself: arrays of
numbers, read with pickling switched off, and looked through before they are used.
"""

import io
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.errors import ModelError

MAGIC = b"forkant-model-1"
LARGEST = 200_000_000  # bytes
HEADER = "header"
AGAIN = "Train it again: forkant model train"


@dataclass(frozen=True, slots=True)
class ModelFile:
    header: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]


def write_model(path: Path, model: ModelFile) -> None:
    """Written beside and moved into place: a reader sees the old file or the new one, never half of one."""
    body = io.BytesIO()
    header = np.frombuffer(json.dumps(model.header, sort_keys=True).encode(), np.uint8)
    np.savez_compressed(body, allow_pickle=False, **{HEADER: header, **model.arrays})
    content = body.getvalue()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(MAGIC + b" " + sha256(content).hexdigest().encode() + b"\n" + content)
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def read_model(path: Path) -> ModelFile:
    """The model as it was written. ModelError for anything else."""
    content = _checked(path)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            _refuse_a_bomb(stored.zip)
            arrays = {name: stored[name] for name in stored.files}
        header = json.loads(arrays.pop(HEADER).tobytes())
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile, AttributeError) as reason:
        raise ModelError(f"The model {path} cannot be read ({reason}). {AGAIN}") from None
    if not isinstance(header, dict):
        raise ModelError(f"The model {path} has no header. {AGAIN}")
    return ModelFile(header, arrays)


def _checked(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise ModelError(f"{path} is too large for a model.")
        first, _, content = path.read_bytes().partition(b"\n")
    except OSError as reason:
        raise ModelError(f"The model {path} cannot be read: {reason.strerror}. {AGAIN}") from None
    magic, _, told = first.partition(b" ")
    if magic != MAGIC:
        raise ModelError(f"{path} is no model of Forkant. {AGAIN}")
    if sha256(content).hexdigest().encode() != told:
        raise ModelError(f"The model {path} was changed or damaged after it was trained. {AGAIN}")
    return content


def _refuse_a_bomb(archive: Any) -> None:
    if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
        raise ValueError("it would unpack to more than a model holds")
