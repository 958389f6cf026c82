"""The command ``train student`` from beginning to end, on a handful of made-up tracks, with the real teacher."""

import json
from pathlib import Path

import numpy as np
import pytest
import sounds
from click.testing import CliRunner, Result

from musicdesk.cli.context import Context
from musicdesk.cli.train_student import train_student
from musicdesk.encoders import musicnn
from musicdesk.encoders.cnn import Cnn
from musicdesk.encoders.zoo import weights
from musicdesk.settings import Folders

RATE_HZ = 16_000
ARTISTS = ("ann", "ben", "cy")


@pytest.fixture
def models() -> Path:
    folder = Folders.default().models
    if not weights.status(musicnn.PLUGIN, folder).installed:
        pytest.skip("the MusiCNN weights are not installed (musicdesk models install musicnn)")
    return folder


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """Three artists with two tracks each, of pitches of their own."""
    for place, artist in enumerate(ARTISTS):
        for number in (1, 2):
            (tmp_path / "music" / artist).mkdir(parents=True, exist_ok=True)
            hz = 110.0 * 2 ** (place + number / 12)
            chord = sounds.chord(hz, 1.25 * hz, 1.5 * hz, length_s=21, rate_hz=RATE_HZ)
            beat = sounds.clicks(bpm=80 + 40 * place, length_s=21, rate_hz=RATE_HZ, level=0.3)
            sounds.write(tmp_path / "music" / artist / f"{number}.wav", chord + beat, RATE_HZ)
    sounds.tone(tmp_path / "music" / "jingle.wav", length_s=3)
    return tmp_path / "music"


def run(models: Path, *arguments: object) -> Result:
    nowhere = models / "nowhere"  # no desk is opened
    context = Context(Folders(data=nowhere, models=models, cache=nowhere))
    result = CliRunner().invoke(train_student, [str(a) for a in arguments], obj=context, catch_exceptions=False)
    assert not nowhere.exists()
    return result


def small(music: Path, out: Path, *more: object) -> tuple[object, ...]:
    return (
        "--data",
        music,
        "--out",
        out,
        "--no-demo",
        "--epochs",
        1,
        "--fold-epochs",
        1,
        "--windows",
        3,
        "--json",
        *more,
    )


def test_it_teaches_tests_and_keeps_a_student_and_the_same_seed_gives_the_same(
    models: Path, music: Path, tmp_path: Path
) -> None:
    first = run(models, *small(music, tmp_path / "one", "--folds", 3))
    assert first.exit_code == 0
    told = json.loads(first.stdout)
    assert told["tracks"] == 6
    assert told["folds"] == 3
    assert {row["encoder"] for row in told["rows"]} == {"cnn", "musicnn", "handcrafted"}
    config = json.loads((tmp_path / "one" / "config.json").read_text())
    assert config["tracks"] == 6
    assert config["groups"] == 3
    assert config["wishes"]["seed"] == 0
    encoded = Cnn(tmp_path / "one").encode(np.zeros((2, 47, 96), np.float32))
    assert encoded.vectors.shape == (2, 128)
    assert encoded.tags.shape == (2, len(musicnn.VOCABULARY))
    run(models, *small(music, tmp_path / "two", "--folds", 0))
    one, two = ((tmp_path / name / "weights.safetensors").read_bytes() for name in ("one", "two"))
    assert one == two


def test_run_again_it_has_nothing_left_to_do(models: Path, music: Path, tmp_path: Path) -> None:
    call = small(music, tmp_path / "out", "--folds", 0)
    run(models, *call)
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "heard").iterdir()}
    weights_before = (tmp_path / "out" / "weights.safetensors").read_bytes()
    again = run(models, *call)
    assert "Epoch" not in again.stderr
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "heard").iterdir()} == kept
    assert (tmp_path / "out" / "weights.safetensors").read_bytes() == weights_before
