"""A file of noise in any format, each seed another sound."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sounds

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """``make(kind, seed=1, length_s=1.0, name="song")``: a file of noise in tmp_path."""

    def _make(kind: str, *, seed: int = 1, length_s: float = 1.0, name: str = "song") -> Path:
        return sounds.write(tmp_path / f"{name}.{kind}", sounds.noise(length_s=length_s, seed=seed))

    return _make
