"""``evaluate semantic --from-mel`` from the command line, over a folder that looks like Emotify."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
import sounds
from click.testing import CliRunner
from encoders import tiny_bert
from mutagen.flac import FLAC

from musicdesk.cli.main import cli
from musicdesk.evaluation.emotify import TABLE
from musicdesk.mood.axes import GEMS
from musicdesk.semantic.learning_config import LearningConfig, StageConfig

GENRES = ("classical", "rock", "electronic", "pop")
EACH = 5


@pytest.fixture
def emotify(tmp_path):
    """Five tones of each genre, an artist for each, and a table of what people felt."""
    rng, folder = np.random.default_rng(0), tmp_path / "emotify"
    with (tmp_path / "labels.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["track id", *GEMS])
        for place, genre in enumerate(GENRES):
            (folder / "audio" / genre).mkdir(parents=True)
            for number in range(1, EACH + 1):
                tone = sounds.sine(hz=150.0 * 2**place + 9 * number, length_s=4.0)
                path = sounds.write(folder / "audio" / genre / f"{number}.flac", tone, 44_100)
                tags = FLAC(path)
                tags.update(title=f"{genre} {number}", artist=f"{genre} player {number}")
                tags.save()
                lines.writerow([100 * place + number, *rng.random(len(GEMS)).round(3)])
    (tmp_path / "labels.csv").rename(folder / TABLE)
    return folder


def run(tmp_path, *words):
    return CliRunner().invoke(cli, ["--data", str(tmp_path / "desk"), "evaluate", "semantic", *words])


def test_it_measures_what_was_learned_from_spectrograms_and_keeps_them(emotify, tmp_path, monkeypatch):
    whole = LearningConfig.mel()
    tower = replace(whole.tower, width=16, layers=1, inner=16, channels=16, seconds=4.0)
    short = StageConfig(1, 1e-3, 32)
    monkeypatch.setattr(LearningConfig, "mel", lambda: replace(whole, tower=tower, meaning=short, preference=short))
    kept = tmp_path / "kept"
    words = (
        "--data", str(emotify), "--encoder", "handcrafted", "--sentences", str(tiny_bert.publish(tmp_path / "bert")),
        "--from-mel", "--seeds", "1", "--folds", "2", "--out", str(kept), "--json",
    )  # fmt: skip
    told = run(tmp_path, *words)
    assert told.exit_code == 0, (told.output, told.exception)
    tables = {one["name"]: one for one in json.loads(told.stdout)["tables"]}
    methods = [row["method"] for row in tables["text to audio, said"]["rows"]]
    assert {"space, stage 1", "space on vectors, stage 1", "space, shuffled texts", "tag matching"} <= set(methods)
    assert {row["method"] for row in tables["linear probes"]["rows"]} >= {"stage 2", "on vectors, stage 2"}
    assert len(list(kept.glob("spectrograms/*/*.npy"))) == len(GENRES) * EACH


def test_spectrograms_are_those_of_emotify(tmp_path):
    told = run(tmp_path, "--library", "--from-mel")
    assert "name its folder with --data" in str(told.exception) + told.output
