"""Plugins of tests as those of another package: found by name, in this process and in those that it starts."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from musicdesk.encoders import registry

TESTS = Path(__file__).parents[1]


@contextmanager
def installed(points: Mapping[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Name → ``module:ATTRIBUTE``, as long as the context lasts; ``folder`` takes the made-up package."""
    info = folder / "foreign_encoders-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign-encoders\nVersion: 1.0\n")
    lines = [f"{name} = {place}\n" for name, place in points.items()]
    (info / "entry_points.txt").write_text("[musicdesk.encoders]\n" + "".join(lines))
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(TESTS)]))
    registry.forget_foreign()
    yield
    registry.forget_foreign()
