"""A file of noise in any format, each seed another sound; a watch on a folder of music."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sounds
import watching

from musicdesk.library.watch import Watch

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """``make(kind, seed=1, length_s=1.0, name="song")``: a file of noise in tmp_path."""

    def _make(kind: str, *, seed: int = 1, length_s: float = 1.0, name: str = "song") -> Path:
        return sounds.write(tmp_path / f"{name}.{kind}", sounds.noise(length_s=length_s, seed=seed))

    return _make


@pytest.fixture
def asked() -> watching.Asked:
    return watching.Asked()


@pytest.fixture
def music(tmp_path: Path) -> Path:
    for name in ("music/a/1.mp3", "music/b/1.flac", "music/cover.jpg"):
        watching.make(tmp_path / name)
    return tmp_path / "music"


@pytest.fixture
def watch(asked: watching.Asked, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Watch]]:
    """``watch(*folders, …)``: a watch that listens already; closed in the end, and then no thread is left."""
    monkeypatch.setattr("musicdesk.library.watch.BUSY_S", 0.05)
    before = set(threading.enumerate())
    with ExitStack() as stack:

        def _watch(*folders: Path, **options: Any) -> Watch:
            quick = {
                "due": asked,
                "quiet_s": watching.QUIET_S,
                "stable_s": watching.STABLE_S,
                "places_s": 0.2,
                **options,
            }
            one = stack.enter_context(Watch([str(folder) for folder in folders], **quick))
            assert one.listening(20)
            return one

        yield _watch
    assert set(threading.enumerate()) <= before
