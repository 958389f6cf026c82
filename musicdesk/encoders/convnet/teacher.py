"""What the student learns from: windows of music, some of them altered, and what MusiCNN says of each.

The teacher hears exactly the sound that the student is shown, altered or not, so every example is true. A track's
examples are kept in one file as soon as they are made; listening that was broken off goes on where it was.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
import safetensors
import safetensors.numpy
import soxr

from musicdesk.audio.loudness import level
from musicdesk.audio.windows import spread
from musicdesk.encoders.base import Encoder
from musicdesk.encoders.cnn import FRAMES, front_end
from musicdesk.encoders.musicnn import MEL, WINDOW_S
from musicdesk.encoders.musicnn import front_end as teachers_front_end
from musicdesk.errors import UnreadableAudio
from musicdesk.jobs import Job
from musicdesk.records import FloatArray
from musicdesk.whole_files import whole

JITTER_DB = 3.0
"""How far the level of one window is moved at most, either way."""
STRONG_DB = 8.0
SPEEDS = (0.8, 1.25)
LENGTH = round(WINDOW_S * MEL.rate_hz)


@dataclass(frozen=True, slots=True)
class Source:
    """A file to learn from."""

    path: str
    group: str
    """Tracks of one group are learned from or tested on together; they alone are mixed with each other."""
    album: str = ""
    """The folder it came in."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Examples: what the student is shown and what the teacher says of it."""

    images: FloatArray  # [n, 47, 96] float16
    vectors: FloatArray  # [n, 400]
    tags: FloatArray  # [n, n_tags] float16


def listen(
    sources: Sequence[Source], teacher: Encoder, *, folder: Path, windows: int, altered: float, seed: int, job: Job
) -> list[Lesson]:
    """One lesson a source, in their order, kept in ``folder``; a file that cannot be read gives an empty one.

    At most ``windows`` windows of a track are heard, and ``altered`` times as many altered ones.
    """
    folder.mkdir(parents=True, exist_ok=True)
    last: dict[str, str] = {}  # of each group: mixed with what comes next
    lessons = []
    for source in job.each(sources, text="Listening with the teacher"):
        name = f"{crc32(source.path.encode()):08x}-{windows}-{round(100 * altered)}-{seed}.safetensors"
        kept = _kept(folder / name)
        if kept is None:
            rng = np.random.default_rng([seed, crc32(source.path.encode())])
            partner = _heard(last.get(source.group, source.path), windows)
            kept = _lesson(_heard(source.path, windows), teacher, altered=altered, partner=partner, rng=rng)
            _keep(kept, folder / name)
        last[source.group] = source.path
        lessons.append(kept)
    return lessons


def joined(lessons: Iterable[Lesson]) -> Lesson:
    """Several lessons as one."""
    whole = list(lessons)
    return Lesson(*(np.concatenate([getattr(lesson, part) for lesson in whole]) for part in Lesson.__slots__))


@lru_cache(maxsize=2)
def _heard(path: str, windows: int) -> tuple[FloatArray, ...]:
    """Windows of a track at the level at which encoders listen."""
    try:
        samples = spread(path, rate_hz=MEL.rate_hz, window_s=WINDOW_S, count=windows).samples
    except UnreadableAudio:
        return ()
    return level([np.resize(window, LENGTH) for window in samples])


def _lesson(
    windows: Sequence[FloatArray], teacher: Encoder, *, altered: float, partner: Sequence[FloatArray],
    rng: np.random.Generator,
) -> Lesson:  # fmt: skip
    chosen = rng.choice(len(windows), round(altered * len(windows))) if windows else ()
    sounds = [_gained(window, JITTER_DB, rng) for window in windows]
    sounds += [_altered(windows[at], partner, rng) for at in chosen]
    said = teacher.encode(teachers_front_end(sounds))
    return Lesson(front_end(sounds).astype(np.float16), said.vectors, said.tags.astype(np.float16))


def _altered(window: FloatArray, partner: Sequence[FloatArray], rng: np.random.Generator) -> FloatArray:
    """The window changed in one or two ways."""
    for change in rng.choice(len(_CHANGES), size=rng.integers(1, 3), replace=False):
        window = _CHANGES[change](window, partner, rng)
    return window


def _mixed(window: FloatArray, partner: Sequence[FloatArray], rng: np.random.Generator) -> FloatArray:
    """With a window of another track of the group, which is as loud or up to 12 dB quieter."""
    if not len(partner):
        return window
    other = partner[int(rng.integers(len(partner)))] * np.float32(10 ** (-rng.uniform(0, 12) / 20))
    return level([window + other])[0]


def _turned(window: FloatArray, _: Sequence[FloatArray], rng: np.random.Generator) -> FloatArray:
    """Played faster and higher, or slower and lower."""
    speed = float(np.exp(rng.uniform(*np.log(SPEEDS))))
    played: FloatArray = soxr.resample(window, MEL.rate_hz * speed, MEL.rate_hz)
    return np.resize(played, LENGTH)


def _filtered(window: FloatArray, _: Sequence[FloatArray], rng: np.random.Generator) -> FloatArray:
    """Through a smooth equaliser of ± 12 dB that is drawn at random."""
    spectrum = np.fft.rfft(window)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(LENGTH, 1 / MEL.rate_hz), 30) / 30)
    knots = np.arange(0, 11, 2.0)
    gain_db = np.interp(octaves, knots, rng.uniform(-12, 12, len(knots)))
    filtered = np.fft.irfft(spectrum * 10 ** (gain_db / 20), LENGTH).astype(np.float32)
    return level([filtered])[0]


def _hissing(window: FloatArray, _: Sequence[FloatArray], rng: np.random.Generator) -> FloatArray:
    """With noise 15 to 40 dB below."""
    noise = rng.standard_normal(LENGTH).astype(np.float32)
    return window + noise * np.float32(0.1 * 10 ** (-rng.uniform(15, 40) / 20))


def _gained(window: FloatArray, most_db: float, rng: np.random.Generator) -> FloatArray:
    return window * np.float32(10 ** (rng.uniform(-most_db, most_db) / 20))


def _louder(window: FloatArray, _: Sequence[FloatArray], rng: np.random.Generator) -> FloatArray:
    return _gained(window, STRONG_DB, rng)


_CHANGES: tuple[Callable[[FloatArray, Sequence[FloatArray], np.random.Generator], FloatArray], ...] = (
    _mixed, _turned, _filtered, _hissing, _louder,
)  # fmt: skip


def _kept(path: Path) -> Lesson | None:
    try:
        parts = safetensors.numpy.load_file(path)
        lesson = Lesson(parts["images"], parts["vectors"], parts["tags"])
    except (OSError, KeyError, safetensors.SafetensorError):
        return None
    return lesson if lesson.images.shape[1:] == (FRAMES, MEL.n_mels) else None


def _keep(lesson: Lesson, path: Path) -> None:
    parts = {part: np.ascontiguousarray(getattr(lesson, part)) for part in Lesson.__slots__}
    with whole(path) as new:
        new.write_bytes(safetensors.numpy.save(parts))
