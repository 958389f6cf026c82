"""The fault run itself: its files are what they say, nothing of them harms a reader, and it sees what goes wrong."""

import dataclasses
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from musicdesk.audio.windows import spread
from musicdesk.audio.worker import Crash, Pool
from musicdesk.errors import BadRequest, UnreadableAudio
from musicdesk.evaluation import faults
from musicdesk.evaluation.boundaries import boundaries
from musicdesk.evaluation.faults import FaultReport, Surprise
from musicdesk.evaluation.sound_files import FORMATS, Sounds
from musicdesk.jobs import Job
from musicdesk.library.scan import scan_file
from musicdesk.library.walk import walk
from musicdesk.records import FoundFile


def made(folder: Path, count: int, *, good: int = 4, seed: int = 0) -> tuple[faults.BadFile, ...]:
    return faults.make(folder, count=count, good=good, cover_mb=1, rng=np.random.default_rng(seed))


def outcome(found: FoundFile) -> tuple[str, str, str]:
    """State, reason and identity of a file, scanned and listened to as the program does it."""
    scanned = scan_file(found)
    if scanned.problem:
        return "failed", scanned.problem, ""
    try:
        windows = spread(found.path, rate_hz=16_000, window_s=3, count=6)
    except UnreadableAudio as error:
        return "failed", str(error), scanned.audio_hash
    state = "silent" if windows.silent else "partial" if windows.partial else "ok"
    assert all(np.isfinite(samples).all() for samples in windows.samples)
    return state, windows.reason, scanned.audio_hash


@pytest.mark.slow
def test_every_file_comes_out_in_a_state_that_is_right_for_it(tmp_path: Path) -> None:
    files = {os.path.abspath(file.path): file for file in made(tmp_path, 120, good=12)}
    wrong, identities = [], Counter[str]()
    with Pool(outcome, workers=2, limit_s=60, memory_mb=1024) as pool:
        results = dict(pool.run(walk([str(tmp_path)], on_skip=lambda _path, _why: None)))
    states = {found.path: result for found, result in results.items()}
    for path, file in files.items():
        result = states.get(path, ("absent", "", ""))
        # an end put to a file by its worker's bounds is a failure with a reason as well
        state, reason, identity = ("failed", result.reason, "") if isinstance(result, Crash) else result
        identities[identity] += 1
        if state not in file.expect:
            wrong.append((path, file.kind, state, reason))
        assert state != "failed" or reason.endswith("."), reason
    assert not wrong
    assert all(count == 1 for identity, count in identities.items() if identity), "two files pass for one sound"


@pytest.mark.slow
def test_a_small_fault_run_finds_nothing_wrong(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    report = faults.run(tmp_path, count=16, good=8, kills=3, worker_kills=1, cover_mb=1, rng=rng, job=Job())
    assert report.problems == ()
    assert (report.good_heard, report.kills) == (8, 3)
    assert report.listened >= 8
    assert report.states["pending"] == report.states["stale"] == 0


def test_the_same_seed_makes_the_same_files(tmp_path: Path) -> None:
    one, two = (made(tmp_path / name, 6) for name in ("a", "b"))
    assert [(f.kind, f.expect, Path(f.path).name) for f in one] == [(f.kind, f.expect, Path(f.path).name) for f in two]
    assert Counter(f.kind == "good" for f in one) == {True: 4, False: 6}
    regular = [(Path(a.path), Path(b.path)) for a, b in zip(one, two, strict=True) if Path(a.path).is_file()]
    assert len(regular) > 5
    # Ogg streams begin with a number that their writer drew itself
    assert sum(a.read_bytes() == b.read_bytes() for a, b in regular) > len(regular) / 2


def test_no_files_are_made_of_a_negative_number(tmp_path: Path) -> None:
    assert faults.make(tmp_path, count=0, good=0, rng=np.random.default_rng(0)) == ()
    with pytest.raises(BadRequest):
        faults.make(tmp_path, count=-1, rng=np.random.default_rng(0))


@pytest.mark.parametrize("ending", FORMATS)
def test_boundaries_are_where_parts_begin(ending: str) -> None:
    data = Sounds(np.random.default_rng(0)).file(ending, length_s=3)
    places = boundaries(data)
    assert places == tuple(sorted(set(places)))
    assert 4 <= len(places) <= 24
    assert 0 < places[0] <= 64
    assert places[-1] < len(data)
    name = {"wav": b"data", "aiff": b"SSND", "m4a": b"moov", "ogg": b"OggS", "opus": b"OggS", "wv": b"wvpk"}.get(ending)
    assert name is None or any(name in data[place : place + 8] for place in places)


# ---------------------------------------------------------------------------------------------- the report


def report(**changes: object) -> FaultReport:
    fine = FaultReport(
        bad=3, good=2, good_heard=2, kills=1, worker_kills=0, starts=4, listened=5, listened_again=1, most_again=1,
        states={"ok": 2}, lost=(), retried=(), surprises=(), crashes=(), left_behind=(), sums=(), peak_mb=1.0,
        wall_s=1.0,
    )  # fmt: skip
    return dataclasses.replace(fine, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"good_heard": 1}, "1 of 2 good files have no vector."),
        ({"lost": ("a.mp3",)}, "a.mp3: its result was lost."),
        ({"retried": ("a.mp3",)}, "a.mp3: it was tried again without a reason."),
        ({"surprises": (Surprise("a.mp3", "text", ("failed",), "heard", ""),)}, "a.mp3 (text): heard, not failed."),
        ({"crashes": ("scan ended with 1: …",)}, "scan ended with 1: …"),
        ({"left_behind": ("A temporary file was left: x",)}, "A temporary file was left: x"),
        ({"sums": ("3 found, 4 counted.",)}, "3 found, 4 counted."),
    ],
)
def test_whatever_went_wrong_is_a_sentence(changes: dict[str, object], told: str) -> None:
    assert report().problems == ()
    assert [problem.strip() for problem in report(**changes).problems] == [told]
