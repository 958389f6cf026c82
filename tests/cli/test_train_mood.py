"""The command ``train mood`` from beginning to end, on a folder like Emotify's with made-up sounds and answers."""

import csv
import json
from pathlib import Path

import mutagen
import numpy as np
import pytest
import sounds
from click.testing import CliRunner, Result

from musicdesk.cli.context import Context
from musicdesk.cli.train_mood import train_mood
from musicdesk.encoders import handcrafted
from musicdesk.mood.axes import GEMS
from musicdesk.mood.combiner import Combiner
from musicdesk.settings import Folders

ARTISTS, RATE_HZ = 16, 16_000


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A piece of every artist; the higher a tone, the more joy is felt."""
    folder = tmp_path_factory.mktemp("answers")
    (folder / "audio" / "rock").mkdir(parents=True)
    rng, rows = np.random.default_rng(0), []
    for number in range(1, ARTISTS + 1):
        height = float(rng.uniform(0, 4))
        samples = sounds.sine(hz=150 * 2**height, length_s=8.5, rate_hz=RATE_HZ) + sounds.noise(
            length_s=8.5, rate_hz=RATE_HZ, level=0.02, seed=number
        )
        path = sounds.write(folder / "audio" / "rock" / f"{number}.flac", samples, RATE_HZ)
        tags = mutagen.File(path)
        tags["artist"] = f"artist {number}"
        tags.save()
        felt = dict.fromkeys(GEMS, 0.2) | {"joyful_activation": 0.1 + 0.2 * height, "sadness": 0.9 - 0.2 * height}
        rows.append({"track id": 100 + number, "number_of_observations": 14, **felt})
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return folder


def run(*words: object, desk: Path) -> Result:
    """The command, for a desk that is elsewhere."""
    context = Context(Folders(data=desk / "data", models=desk / "models", cache=desk / "cache"))
    return CliRunner().invoke(train_mood, [str(word) for word in words], obj=context)


def test_models_are_taught_measured_and_kept_with_their_card(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "mood"
    result = run("--data", data, "--out", out, "--encoder", "handcrafted", "--seeds", 1, "--json", desk=tmp_path)
    assert result.exit_code == 0, result.output
    row = json.loads(result.stdout)["rows"][0]
    assert (row["encoder"], row["sounds"], row["artists"], row["measures"]) == ("handcrafted", 16, 16, False)
    assert row["felt"]["joyful_activation"]["r"]["mean"] > 0.5 > row["felt"]["joyful_activation"]["shuffled"]["mean"]
    assert [one["at_least"] for one in row["sure"]] == [0.4, 0.5, 0.6, 0.7]
    assert Combiner.for_encoder(handcrafted.SPEC.key, has_measures=False, home=out) is not None
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "| joyful activation |" in card
    assert "Emotify" in card


def test_without_measuring_there_is_a_model_and_a_sentence(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "mood"
    result = run("--data", data, "--out", out, "--encoder", "handcrafted", "--seeds", 0, desk=tmp_path)
    assert result.exit_code == 0, result.output
    assert "tested on nobody" in result.output
    assert (out / "handcrafted" / "config.json").is_file()


def test_a_folder_that_is_no_emotify_is_told_what_it_lacks(tmp_path: Path) -> None:
    result = run("--data", tmp_path, "--out", tmp_path / "mood", desk=tmp_path)
    assert result.exit_code != 0
    assert "labels.csv" in str(result.exception)
    assert not (tmp_path / "mood").exists()
