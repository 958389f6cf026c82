"""A made-up library to be searched: two kinds of sounds that are told by words, names in several scripts, no files."""

from pathlib import Path

import numpy as np
from made_up_moods import FULLNESS, PACE, TEMPO
from three_kinds import open_desk

from musicdesk.desk.desk import Desk
from musicdesk.encoders.handcrafted import SPEC
from musicdesk.records import Analysis, FoundFile, ScannedFile, Tags

EACH = 30
RESTFUL, LIVELY = "Nocturne", "Stomper"
NAMES = ("夜曲", "Песня о море", "أغنية الليل", "♥ emoji 🎉", "Don't stop", "No Woman No Cry", "NOT AND OR")
"""Titles that are none of the two; they sound like neither."""


def write_library(data: Path, *, analysed: bool = True, spec=SPEC) -> None:
    """67 tracks: slow and quiet ones, fast and loud ones, and those of ``NAMES``; ten artists, two genres."""
    files = [_file(number) for number in range(2 * EACH + len(NAMES))]
    with open_desk(data) as desk:
        desk._stores.tracks.save(files, now=1.0)
        if analysed:
            analyses = [_analysis(number, file.audio_hash) for number, file in enumerate(files)]
            desk._stores.vectors.add(analyses, key=spec.key, vocabulary=spec.vocabulary, now=1.0)


def titles(found) -> list[str]:
    return [hit.track.title for hit in found.hits]


def kinds(hits) -> set[str]:
    return {hit.track.title.split()[0] for hit in hits}


def ids_of(desk: Desk, *wanted: str) -> list[int]:
    return [desk.indexing.find(title).id for title in wanted]


def title_of(number: int) -> str:
    if number < 2 * EACH:
        return f"{RESTFUL if number < EACH else LIVELY} {number % EACH}"
    return NAMES[number - 2 * EACH]


def _file(number: int) -> ScannedFile:
    restful, comment = number < EACH, "taped by the sea" if number == 3 else ""
    tags = Tags(
        title=title_of(number), artists=(f"Player {number % 10}",), album="Evenings" if restful else "Days",
        genres=("Chamber" if restful else "Ska",), year=1960 + number, comment=comment,
    )  # fmt: skip
    return ScannedFile(FoundFile(f"/music/{number}.flac", 1000 + number, 1), f"1:{number:032x}", tags, 200.0, "flac")


def _analysis(number: int, sound: str) -> Analysis:
    rng = np.random.default_rng(number)
    words = rng.uniform(0.3, 0.4, len(SPEC.vocabulary)).astype(np.float32)
    if number < 2 * EACH:
        restful = number < EACH
        for word, likely in (("slow", restful), ("quiet", restful), ("fast", not restful), ("loud", not restful)):
            words[SPEC.vocabulary.index(word)] = rng.uniform(0.85, 0.95) if likely else rng.uniform(0.02, 0.06)
    vector = 0.3 * rng.standard_normal(SPEC.dim)
    vector[:50] += 1.0 if number < EACH else -1.0 if number < 2 * EACH else 0.0
    vector[[PACE, TEMPO, FULLNESS]] += -1.0 if number < EACH else 1.0
    return Analysis(sound, vector.astype(np.float32), words, windows=1, typical_s=0.0)
