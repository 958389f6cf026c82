"""Teaching the student that comes with musicdesk: which music, tested on whom, and what is kept of it.

Everything lies in one folder: ``heard`` (what the teacher said of every track), ``made`` (music made for the purpose),
``fold-…`` (students that some artists were kept from, to test them on) and the student itself with its model card. What
is there already is not done again.
"""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from musicdesk.desk.student_card import Folder, card
from musicdesk.encoders import handcrafted, musicnn, registry
from musicdesk.encoders.base import Encoder
from musicdesk.encoders.cnn import WEIGHTS, Cnn, front_end
from musicdesk.encoders.convnet.teacher import Lesson, Source, joined, listen
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.evaluation import student as measured
from musicdesk.evaluation.excerpts import excerpts_of
from musicdesk.evaluation.student import Fold, Listener, StudentReport
from musicdesk.jobs import Job
from musicdesk.library.demo import make_demo
from musicdesk.library.demo_rendered import render
from musicdesk.library.tags import read_tags
from musicdesk.library.walk import music_in

if TYPE_CHECKING:
    from musicdesk.encoders.convnet.distilling import Report

__all__ = ["Distilling", "StudentReport", "Wishes", "sources"]

SHORTEST_S = 20.0
"""A sound shorter than this is no music."""
MADE_BY_NUMBERS = "composed and played by musicdesk itself"
MADE = "made"
"""The group of the music that was made for the purpose; nobody is tested on it."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What may be chosen."""

    epochs: int = 8
    fold_epochs: int = 5
    """Of the students that are only there to be tested."""
    folds: int = 3
    """0: no test."""
    windows: int = 24
    """Of a track, at most, that are learned from."""
    altered: float = 0.5
    """So many altered windows besides, for each plain one."""
    demo: bool = True
    """Whether the demo library is learned from too."""
    played: int = 160
    """Pieces of MIDI to be made, where there is a sound font."""
    seed: int = 0


class Distilling:
    """Teaches students; whoever runs it again goes on."""

    def __init__(self, models: Path, out: Path, wishes: Wishes, *, job: Job) -> None:
        self._models, self._out, self._wishes, self._job = models, out, wishes, job

    def run(
        self, folders: Sequence[Path], *, table_of: Path | None = None, font: Path | None = None,
        command: str = "musicdesk train student", each: Callable[["Report"], object] = lambda _: None,
    ) -> StudentReport | None:  # fmt: skip
        """Listen, test students on the artists of the first folder, teach the one that stays; its weights lie in
        ``out``; ``command`` is how the model card says that this is done again.

        Raises ModelUnavailable without the teacher, NothingYet without music, Cancelled.
        """
        if self._wishes.folds == 1:
            raise BadRequest("One fold would leave nothing to learn from. Take 0, for no test, or at least 2.")
        teacher = registry.load(musicnn.SPEC.key.name, models=self._models)
        music = sources(folders, table_of)
        tested = {source.group for source in music if Path(source.path).is_relative_to(folders[0])}
        everything = [*music, *self._made(font)]
        lessons = self._listen(everything, teacher)
        report = self._tested(everything, lessons, tested, teacher, each=each) if self._wishes.folds else None
        self._teach(lessons, self._out, epochs=self._wishes.epochs, each=each)
        self._describe(everything, lessons, report, table_of, command)
        return report

    def _made(self, font: Path | None) -> list[Source]:
        """Music that nobody owns."""
        wishes, folder = self._wishes, self._out / "made"
        paths: list[Path] = []
        if wishes.demo:
            paths += make_demo(folder / "demo", seed=wishes.seed + 11, job=self._job)
        if font is not None:
            paths += render(folder / "played", font=font, count=wishes.played, seed=wishes.seed, job=self._job)
        return [Source(str(path), MADE, MADE) for path in paths]

    def _listen(self, music: Sequence[Source], teacher: Encoder) -> list[Lesson]:
        wishes = self._wishes
        return listen(
            music, teacher, folder=self._out / "heard", windows=wishes.windows, altered=wishes.altered,
            seed=wishes.seed, job=self._job,
        )  # fmt: skip

    def _teach(
        self, lessons: Sequence[Lesson], folder: Path, *, epochs: int, held_out: Sequence[Lesson] = (),
        each: Callable[["Report"], object],
    ) -> None:  # fmt: skip
        """Teach one student and write its weights."""
        from musicdesk.encoders.convnet.distilling import Recipe, keep, teach

        config = replace(Recipe().config, epochs=epochs, seed=self._wishes.seed)
        test = joined(held_out) if held_out else None
        student, reports = teach(
            Recipe(config), joined(lessons), held_out=test, folder=folder / "training", job=self._job, each=each
        )
        keep(student, lessons, folder, recipe=Recipe(config), reports=reports)

    # ------------------------------------------------------------------------------------------------ the test

    def _tested(
        self, music: Sequence[Source], lessons: Sequence[Lesson], tested: set[str], teacher: Encoder, *,
        each: Callable[["Report"], object],
    ) -> StudentReport:  # fmt: skip
        number_of = dealt(Counter(s.group for s in music if s.group in tested), self._wishes.folds)
        folds = []
        for number in range(self._wishes.folds):
            out = [number_of.get(source.group) == number for source in music]
            learned = [lesson for lesson, held in zip(lessons, out, strict=True) if not held]
            kept_from = [lesson for lesson, held in zip(lessons, out, strict=True) if held]
            folder = self._out / f"fold-{number + 1}"
            self._teach(learned, folder, epochs=self._wishes.fold_epochs, held_out=kept_from, each=each)
            usual = np.concatenate([lesson.tags for lesson in learned]).mean(axis=0, dtype=np.float64)
            held = [source.path for source, held in zip(music, out, strict=True) if held]
            folds.append(self._fold(held, folder, teacher, usual.astype(np.float32)))
        report = measured.report(folds, rng=np.random.default_rng(self._wishes.seed))
        _write(self._out / "report.json", asdict(report))
        return report

    def _fold(self, paths: Sequence[str], folder: Path, teacher: Encoder, usual: Any) -> Fold:
        listeners = (
            Listener(measured.STUDENT, Cnn(folder), front_end),
            Listener(measured.TEACHER, teacher, musicnn.front_end),
            Listener(measured.PLAIN, handcrafted.PLUGIN.load(folder, "cpu"), handcrafted.PLUGIN.front_end),
        )
        with excerpts_of(paths, every_plain=False, job=self._job) as excerpts:
            heard, kept = measured.hear(excerpts, listeners, job=self._job)
        return Fold(tuple(excerpts[at].folder for at in kept), heard, usual)

    # ------------------------------------------------------------------------------------------------ beside it

    def _describe(
        self, music: Sequence[Source], lessons: Sequence[Lesson], report: StudentReport | None, table_of: Path | None,
        command: str,
    ) -> None:  # fmt: skip
        """Write what the student was taught, beside its weights."""
        weights = self._out / WEIGHTS
        told = json.loads((self._out / "config.json").read_text(encoding="utf-8")) | {
            "wishes": asdict(self._wishes),
            "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
            "size_bytes": weights.stat().st_size,
            "words": len(musicnn.VOCABULARY),
            "tracks": len(music),
            "groups": len({source.group for source in music}),
            "examples": sum(len(lesson.images) for lesson in lessons),
            "tested": asdict(report) if report else None,
        }
        _write(self._out / "config.json", told)
        text = card(told, _folders(music, table_of), report, command)
        (self._out / "README.md").write_text(text, encoding="utf-8")


def _folders(music: Sequence[Source], table_of: Path | None) -> list[Folder]:
    """What was learned from, folder by folder, with the licences that the table names."""
    licences: dict[str, list[str]] = {MADE_BY_NUMBERS: ["nobody's but musicdesk's own"]}
    for row in _rows(table_of) if table_of else ():
        licences.setdefault(row["package"], []).append(row.get("licence") or "")
    counts = Counter(source.album for source in music)
    found = ((album.partition("/")[2] or MADE_BY_NUMBERS, count) for album, count in sorted(counts.items()))
    return [
        Folder(name, count, ", ".join(dict.fromkeys(filter(None, licences.get(name, [""]))))) for name, count in found
    ]


def dealt(sizes: Mapping[str, int], folds: int) -> dict[str, int]:
    """Group → fold, the largest groups first, each to the fold that has fewest tracks yet."""
    filled = [0] * folds
    number_of: dict[str, int] = {}
    for group, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        number_of[group] = int(np.argmin(filled))
        filled[number_of[group]] += size
    return number_of


def _write(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def sources(folders: Sequence[Path], table_of: Path | None = None) -> list[Source]:
    """The music in ``folders``, grouped so that no artist and no album (subfolder) is in two groups.

    The artist is that of the tags, or of ``table_of``: a tab-separated table with the columns package (subfolder), name
    (file) and artist, and perhaps licence. Raises NothingYet where there is no music.
    """
    credited = _credits(table_of) if table_of else {}
    found = [file for folder in folders for file in _files(folder, credited)]
    if not found:
        raise NothingYet("There is no music to learn from. Name folders of music with --data.")
    group = _linked([(album, artist) for _, album, artist in found])
    return [Source(path, group[album], album) for path, album, _ in found]


def _files(folder: Path, credited: Mapping[tuple[str, str], str]) -> Iterable[tuple[str, str, str]]:
    """Path, album and artist of every piece of music."""
    for path in music_in(folder):
        tags, length_s, _ = read_tags(path)
        if length_s >= SHORTEST_S:
            parts = Path(path).relative_to(folder).parts
            album = f"{folder.name}/{parts[0]}"
            yield path, album, (credited.get((parts[0], parts[-1])) or "; ".join(tags.artists)).casefold().strip()


def _credits(table: Path) -> dict[tuple[str, str], str]:
    return {(row["package"], row["name"]): row["artist"] for row in _rows(table)}


def _rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _linked(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Album → its group: albums that share an artist are one."""
    group: dict[str, str] = {}
    first_of: dict[str, str] = {}
    for album, artist in pairs:
        group.setdefault(album, album)
        other = first_of.setdefault(artist, album) if artist else album
        old, new = group[album], group[other]
        if old != new:
            group = {name: new if value == old else value for name, value in group.items()}
    return group
