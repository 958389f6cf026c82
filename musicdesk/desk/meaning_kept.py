"""What was learned from words and choices, on the disk: which folders there are, and how much each was learned from."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from musicdesk.desk.material import MOST, Footing
from musicdesk.encoders import htcl, registry
from musicdesk.errors import DataFolderError, ModelUnavailable
from musicdesk.records import EncoderKey
from musicdesk.semantic.learning_config import FEWEST_PAIRS
from musicdesk.whole_files import whole

GREW = 0.1
"""It should be learned anew when so much more came: tracks, pairs or tags."""
LEAST = 10
"""… and more than so many of them."""


@dataclass(frozen=True, slots=True)
class Before:
    """How much there was when it was learned; None where nobody knows."""

    tracks: int
    pairs: int | None
    tags: int | None

    def outgrown(self, now: Footing) -> bool:
        """Whether more than a tenth came since, or, for the first time, enough pairs to learn from."""
        known = ((now.tracks, self.tracks), (now.pairs, self.pairs), (now.tags, self.tags))
        grew = any(before is not None and _grew(before, after) for after, before in known)
        return grew or (self.pairs is not None and self.pairs < FEWEST_PAIRS <= now.pairs)


@dataclass(frozen=True, slots=True)
class Found:
    """One that was learned here."""

    folder: Path
    base: EncoderKey | None
    before: Before
    note: str = ""
    """A sentence: why it does not work any more; "" if it does."""

    @property
    def name(self) -> str:
        """htcl-…"""
        return self.folder.name


class MeaningKept:
    """Finds the folders among the models, and keeps beside the library what they were learned from."""

    def __init__(self, models: Path, folder: Path) -> None:
        self._models, self._folder = models, folder

    def on(self, base: EncoderKey, *, prefer: str = "") -> Found | None:
        """What was learned on this encoder: ``prefer`` if that is one, else htcl-BASE, else the newest."""
        found = [one for one in self.all(base) if one.name == prefer or (one.base and one.base.name == base.name)]
        usual = f"{registry.MEANINGS}{base.name}"
        rank = {usual: 1, prefer: 2}
        return max(found, key=lambda one: (rank.get(one.name, 0), _made(one.folder)), default=None)

    def all(self, base: EncoderKey | None = None) -> tuple[Found, ...]:
        """All that were learned here and are whole; with ``base`` it is told which stand on another version of it."""
        return tuple(self._found(base))

    def note(self, name: str, footing: Footing) -> None:
        """Remember what it was learned from; if that cannot be written, it is not told when to learn anew."""
        told = {"weights": htcl.read_config(self._models / name).sha256, **asdict(footing)}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with whole(self._folder / f"{name}.json") as new:
                new.write_text(json.dumps(told), encoding="utf-8")
        except OSError:
            return

    def under_way(self, name: str) -> Path:
        """A folder for a learning that goes on; raises DataFolderError."""
        place = self._folder / f"{name}.learning"
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataFolderError(f"Nothing can be kept in {place}: {error.strerror}.") from error
        return place

    def delete(self, name: str) -> bool:
        """Delete one, and what is known of it; False if there was none. Raises DataFolderError."""
        folder = self._models / name
        shutil.rmtree(self._folder / f"{name}.learning", ignore_errors=True)
        (self._folder / f"{name}.json").unlink(missing_ok=True)
        if not folder.is_dir():
            return False
        try:
            with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=self._models) as aside:
                folder.replace(Path(aside) / name)  # gone at once, even if the deletion is interrupted
        except OSError as error:
            raise DataFolderError(f"{folder} cannot be deleted: {error.strerror}.") from error
        return True

    def _found(self, base: EncoderKey | None) -> Iterator[Found]:
        for config in sorted(self._models.glob(f"{registry.MEANINGS}*/config.json")):
            try:
                kept = htcl.read_config(config.parent)
            except ModelUnavailable:
                continue
            yield Found(config.parent, kept.base, self._before(config.parent, kept.sha256), _note(kept.base, base))

    def _before(self, folder: Path, sha256: str) -> Before:
        """What it was learned from, as this library or else its report tells."""
        try:
            told = json.loads((self._folder / f"{folder.name}.json").read_text(encoding="utf-8"))
            if told["weights"] == sha256:
                return Before(int(told["tracks"]), int(told["pairs"]), int(told["tags"]))
        except (OSError, ValueError, KeyError, TypeError):
            pass
        report = htcl.read_report(folder)
        return Before(report.tracks if report and report.tracks < MOST else MOST, None, None)


def _grew(before: int, after: int) -> bool:
    return after - before > LEAST and after > (1 + GREW) * before


def _note(own: EncoderKey | None, base: EncoderKey | None) -> str:
    """Why one that stands on ``own`` does not work with the encoder that is here."""
    if own is None or base is None or own.name != base.name or own == base:
        return ""
    return (
        f"It was learned on {own.name} {own.version} ({own.front_end}); here is {base.version} ({base.front_end}). "
        "Learn again: musicdesk meaning learn"
    )


def _made(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0
