"""What was learned, on the disk: config.json and arrays.safetensors, written whole and read with suspicion."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest, ModelUnavailable
from musicdesk.whole_files import whole

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

CONFIG, ARRAYS = "config.json", "arrays.safetensors"
KIND, VERSION = "musicdesk-recommender", 1
Config = TypeVar("Config")
Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Kept:
    """What a folder holds."""

    method: str
    config: dict[str, Any]
    arrays: Arrays

    def array(self, name: str, *shape: int | None, finite: bool = False) -> npt.NDArray[Any]:
        """The array of this name, of ``shape`` (None: any length) if given, and without nan and inf if ``finite``.

        Raises ModelUnavailable if it is missing or different.
        """
        found = self.arrays.get(name)
        if found is None or (shape and not _fits(found.shape, shape)) or (finite and not np.isfinite(found).all()):
            raise ModelUnavailable(f"The saved recommender {self.method} lacks its {name}, or it is broken. {_AGAIN}")
        return found

    def sparse(self, name: str, *shape: int | None) -> "csr_matrix":
        """The sparse matrix that ``flat`` took apart, of ``shape`` if given; raises ModelUnavailable."""
        from scipy.sparse import csr_matrix

        parts = [self.array(f"{name}.{part}", None) for part in ("data", "indices", "indptr", "shape")]
        try:
            matrix = csr_matrix(tuple(parts[:3]), shape=tuple(int(n) for n in parts[3]))
            matrix.check_format(full_check=True)
            if shape and not _fits(matrix.shape, shape):
                raise ValueError(f"{name} is of shape {matrix.shape}")
        except (ValueError, TypeError) as error:
            raise ModelUnavailable(f"The saved recommender {self.method} is broken: {error}. {_AGAIN}") from error
        return matrix

    def config_as(self, kind: type[Config]) -> Config:
        """The config as a record of ``kind``; raises ModelUnavailable for unknown fields and wrong types."""
        known: Any = fields(kind)  # type: ignore[arg-type]
        defaults = {field.name: field.default for field in known if field.default is not MISSING}
        for name, value in self.config.items():
            if name not in defaults or not _like(value, defaults[name]):
                raise ModelUnavailable(f"The saved recommender {self.method} has {name} = {value!r}. {_AGAIN}")
        try:
            return kind(**{name: tuple(v) if isinstance(v, list) else v for name, v in self.config.items()})
        except (BadRequest, TypeError) as error:
            raise ModelUnavailable(f"The saved recommender {self.method} cannot be right: {error} {_AGAIN}") from error


_AGAIN = "Run: musicdesk recommenders fit"


def write(folder: Path, method: str, *, config: object, arrays: Arrays) -> None:
    """Write ``arrays`` and the dataclass ``config`` into ``folder``: a folder with a config is whole."""
    from safetensors.numpy import save

    folder.mkdir(parents=True, exist_ok=True)
    told = {"kind": KIND, "version": VERSION, "method": method, "config": asdict(config)}  # type: ignore[call-overload]
    (folder / CONFIG).unlink(missing_ok=True)
    with whole(folder / ARRAYS) as new:
        new.write_bytes(save({name: np.ascontiguousarray(array) for name, array in arrays.items()}))
    with whole(folder / CONFIG) as new:
        new.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def read(folder: Path, method: str) -> Kept:
    """What ``write`` left in ``folder`` for ``method``; raises ModelUnavailable if anything is missing or broken."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    config = _config(folder, method)
    try:
        arrays = load_file(folder / ARRAYS)
    except (OSError, SafetensorError, ValueError) as error:
        raise ModelUnavailable(f"The recommender in {folder} cannot be read: {error} {_AGAIN}") from error
    return Kept(method, config, arrays)


def method_of(folder: Path) -> str:
    """Which method's folder it is; raises ModelUnavailable."""
    return str(_told(folder)["method"])


def flat(name: str, matrix: "csr_matrix") -> dict[str, npt.NDArray[Any]]:
    """A sparse matrix as arrays that ``Kept.sparse`` puts together again."""
    parts = {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr, "shape": np.array(matrix.shape)}
    return {f"{name}.{part}": array for part, array in parts.items()}


def _config(folder: Path, method: str) -> dict[str, Any]:
    told = _told(folder)
    if told["method"] != method:
        raise ModelUnavailable(f"{folder} holds the recommender {told['method']}, not {method}. {_AGAIN}")
    config = told["config"]
    assert isinstance(config, dict)
    return config


def _told(folder: Path) -> dict[str, Any]:
    try:
        told = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnavailable(f"There is no whole recommender in {folder}: {error}. {_AGAIN}") from error
    whole_one = isinstance(told, dict) and isinstance(told.get("method"), str) and isinstance(told.get("config"), dict)
    if not whole_one or told.get("kind") != KIND or told.get("version") != VERSION:
        raise ModelUnavailable(f"{folder} holds no recommender that this musicdesk can read. {_AGAIN}")
    return dict(told)


def _fits(found: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(found) == len(wanted) and all(w in (None, f) for f, w in zip(found, wanted, strict=True))


def _like(value: object, default: object) -> bool:
    """Whether a value that JSON gave may stand for ``default``."""
    if isinstance(default, float):
        return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
    if isinstance(default, tuple):  # which JSON knows as a list
        return isinstance(value, list) and all(_like(item, default[0]) for item in value)
    return type(value) is type(default)
