"""Recommenders that were made for this library: laid out over it as it is now, kept in a folder, found again."""

import json
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from musicdesk.desk.heard import Heard
from musicdesk.errors import DataFolderError, ModelUnavailable
from musicdesk.recommend import registry
from musicdesk.recommend.base import Recommender
from musicdesk.recommend.log import BoolArray
from musicdesk.records import FloatArray
from musicdesk.whole_files import whole_folder

MADE, SOUNDS = "made.json", "sounds.json"
VERSION = 1
GREW, GREW_LEAST = 0.05, 20
"""It is stale when the listening changed by more than this share, and by more than so many rows."""
OTHERS = 0.02
"""One that goes by the sound is stale when this share of the library is new."""


@dataclass(frozen=True, slots=True)
class Footing:
    """What a recommender was made from."""

    listeners: int = 0
    listens: int = 0
    sounds: int = 0
    """Sounds that anyone heard."""
    library: int = 0
    """Sounds of the library."""
    encoder: str = ""
    """Whose vectors it went by; "" if it went by none."""
    at: float = 0.0
    """When, in seconds since the epoch."""

    def moved(self, now: "Footing", *, exactly: bool = False) -> bool:
        """Whether so much was heard or added since that it should be made anew; ``exactly``: anything at all."""
        more = abs(now.listens - self.listens)
        if exactly and (more or now.listeners != self.listeners or now.sounds != self.sounds):
            return True
        if more > GREW_LEAST and more > GREW * self.listens:
            return True
        return self.encoder != now.encoder or (
            bool(now.encoder) and abs(now.library - self.library) > OTHERS * self.library
        )

    @classmethod
    def found(cls, folder: Path) -> Self:
        """What the recommender in ``folder`` was made from; raises ModelUnavailable if there is no whole one."""
        told = _read(folder / MADE)
        if not isinstance(told, dict) or told.get("version") != VERSION:
            raise ModelUnavailable(f"The recommender in {folder} was made by another musicdesk: make it anew.")
        values: dict[str, Any] = {field.name: told.get(field.name) for field in fields(cls)}
        if any(type(values[field.name]) is not type(field.default) for field in fields(cls)):
            raise ModelUnavailable(f"The recommender in {folder} was made from what cannot be right: make it anew.")
        return cls(**values)


@dataclass(frozen=True, eq=False)
class Fitted:
    """A recommender and the sounds that its rows stand for."""

    recommender: Recommender
    hashes: tuple[str, ...]
    footing: Footing
    basis: object = None
    """What must still be the same object for a recommender that is made at once and goes by the sound."""

    @cached_property
    def rows(self) -> dict[str, int]:
        """Sound → row."""
        return {sound: row for row, sound in enumerate(self.hashes)}

    def advice(self, heard: Heard, listener: str, hashes: tuple[str, ...]) -> tuple[FloatArray, BoolArray]:
        """How well each of ``hashes`` suits a listener, and of which anything is known.  # [n], [n]"""
        history = heard.history(listener, self.rows)
        scores = self.recommender.scores(self.recommender.profile(history)[None])[0]
        servable = self.recommender.servable
        if hashes is self.hashes:
            return np.asarray(scores, np.float32), servable
        places = np.array([self.rows.get(sound, -1) for sound in hashes], dtype=np.int64)
        there = places >= 0
        return np.asarray(scores, np.float32)[places], there & servable[places]

    def keep(self, folder: Path) -> None:
        """Write it in place of what ``folder`` held; raises DataFolderError, and then the old one stays."""
        try:
            with whole_folder(folder) as new:
                self.recommender.save(new)
                (new / SOUNDS).write_text(json.dumps(self.hashes), encoding="utf-8")
                (new / MADE).write_text(json.dumps({"version": VERSION, **asdict(self.footing)}), encoding="utf-8")
        except OSError as error:
            raise DataFolderError(f"The recommender could not be kept in {folder}: {error.strerror}.") from error

    @classmethod
    def found(cls, folder: Path) -> Self:
        """What ``keep`` wrote; raises ModelUnavailable if it is missing or broken."""
        footing, hashes, recommender = Footing.found(folder), _read(folder / SOUNDS), registry.load(folder)
        if not isinstance(hashes, list) or len(recommender.servable) != len(hashes):
            raise ModelUnavailable(f"The recommender in {folder} does not fit its list of sounds: make it anew.")
        return cls(recommender, tuple(map(str, hashes)), footing)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnavailable(f"There is no whole recommender in {path.parent}: make it anew.") from error
