"""The network that comes with musicdesk: what it promises as an encoder, beside its teacher, and as a shipped thing."""

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from encoders.encoder_contract import EncoderContract, heard
from encoders.golden_sounds import SOUNDS
from safetensors.numpy import load_file, save_file
from scipy.stats import rankdata

from musicdesk.audio.loudness import level
from musicdesk.encoders import cnn, musicnn, registry
from musicdesk.encoders.cnn import PLUGIN, SPEC, WEIGHTS, Cnn, image_of
from musicdesk.encoders.convnet.layers import POOLS, StudentNet
from musicdesk.encoders.musicnn import MSD_TAGS, Musicnn, log_mel_patches
from musicdesk.encoders.zoo import weights
from musicdesk.encoders.zoo.shipped import shipped_folder
from musicdesk.errors import ModelUnavailable

FOLDER = shipped_folder("cnn")
GOLDEN = Path(__file__).with_name("cnn_golden.npz")
LARGEST = 4_000_000


@pytest.fixture(scope="module")
def encoder() -> Cnn:
    return Cnn(FOLDER)


class TestContract(EncoderContract):
    pass


@pytest.fixture(scope="module")
def windows() -> list[np.ndarray]:
    """Two windows of each golden sound that music could be, at the level at which encoders listen."""
    sounds = [SOUNDS[name]() for name in ("chords", "beats")]
    return [window for sound in sounds for window in level(np.split(sound, 2))]


def torch_pass(tensors: dict[str, np.ndarray], images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The published layers, one after the other, in torch and double precision."""
    t = {name: torch.from_numpy(values.astype(np.float64)) for name, values in tensors.items()}
    maps = ((torch.from_numpy(images).double() - t["input.mean"]) * t["input.scale"])[:, None]
    for number, pool in enumerate(POOLS):
        maps = torch.nn.functional.max_pool2d(
            torch.nn.functional.conv2d(maps, t[f"conv.{number}.weight"], padding=1), pool
        )
        maps = torch.relu(maps * t[f"conv.{number}.gain"][:, None, None] + t[f"conv.{number}.shift"][:, None, None])
    pooled = torch.cat([maps.mean(dim=2).flatten(1), maps.amax(dim=2).flatten(1)], dim=1)
    hidden = torch.relu(pooled @ t["dense.weight"].T + t["dense.bias"])
    return tuple((hidden @ t[f"{head}.weight"].T + t[f"{head}.bias"]).numpy() for head in ("embedding", "tags"))


def test_numpy_gives_what_torch_gives(windows: list[np.ndarray]) -> None:
    tensors, images = cnn.read_weights(FOLDER / WEIGHTS), cnn.front_end(windows)
    found, wanted = StudentNet(tensors)(images), torch_pass(tensors, images)
    for own, theirs in zip(found, wanted, strict=True):
        np.testing.assert_allclose(own, theirs, atol=1e-4 * np.abs(theirs).max())


def test_it_gives_the_numbers_that_were_kept(encoder: Cnn) -> None:
    with np.load(GOLDEN) as golden:
        for name, make in SOUNDS.items():
            encoded = heard(encoder, [make()])
            np.testing.assert_allclose(encoded.vectors[0], golden[f"{name}_vector"], atol=2e-3)
            np.testing.assert_allclose(encoded.tags[0], golden[f"{name}_tags"], atol=1e-4)


def test_the_front_end_is_the_teachers_log_mel_with_four_frames_in_one() -> None:
    for make in SOUNDS.values():
        samples = make()[: 3 * 16_000]
        power = (10 ** log_mel_patches(samples)[0].astype(np.float64) - 1) / 10_000
        expected = np.log10(10_000 * power[:184].reshape(46, 4, 96).mean(axis=1) + 1)
        np.testing.assert_allclose(image_of(samples)[:46], expected, atol=2e-3)


def test_its_words_are_the_teachers_and_hold_the_fifty() -> None:
    assert SPEC.vocabulary == musicnn.VOCABULARY
    assert SPEC.vocabulary[:50] == MSD_TAGS
    assert SPEC.dim == 128


def test_it_agrees_with_its_teacher_about_sounds_that_it_never_heard(
    encoder: Cnn, musicnn_folder: Path, windows: list[np.ndarray]
) -> None:
    teacher = Musicnn(musicnn_folder)
    taught, told = (heard(who, windows).tags.reshape(2, 2, -1).mean(axis=1) for who in (teacher, encoder))
    for wanted, said in zip(taught, told, strict=True):
        assert np.corrcoef(rankdata(wanted), rankdata(said))[0, 1] > 0.5  # measured .93 and .72
        assert len(set(np.argsort(-wanted)[:10]) & set(np.argsort(-said)[:10])) >= 4


def test_it_costs_less_than_half_of_its_teacher(encoder: Cnn, musicnn_folder: Path, windows: list[np.ndarray]) -> None:
    """Measured is a fifth or less; in one run, by turns, so that a busy machine slows down both."""
    teacher, spent = Musicnn(musicnn_folder), {"cnn": [], "musicnn": []}
    for _ in range(5):
        for who in (teacher, encoder):
            began = time.process_time()
            heard(who, windows)
            spent[who.spec.key.name].append(time.process_time() - began)
    assert min(spent["cnn"]) < 0.5 * min(spent["musicnn"])


def test_loading_and_listening_need_no_torch() -> None:
    code = f"""
import sys
from pathlib import Path
import numpy as np
from musicdesk.encoders.cnn import PLUGIN
encoder = PLUGIN.load(Path({str(FOLDER)!r}), "cpu")
encoder.encode(PLUGIN.front_end([np.ones(16000, np.float32)]))
assert "torch" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


# ------------------------------------------------------------------------------------------- what is shipped


def test_the_weights_are_those_that_the_program_names() -> None:
    assert SPEC.weights is not None
    data = (FOLDER / WEIGHTS).read_bytes()
    assert SPEC.weights.files == ((WEIGHTS, hashlib.sha256(data).hexdigest()),)
    assert SPEC.weights.size_bytes == len(data) <= LARGEST
    assert SPEC.weights.shipped


def test_beside_the_weights_lie_config_and_model_card() -> None:
    config = json.loads((FOLDER / "config.json").read_text(encoding="utf-8"))
    assert config["sha256"] == SPEC.weights.files[0][1]
    assert config["wishes"]["seed"] == config["recipe"]["config"]["seed"]
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    for word in (
        "Licence",
        SPEC.licence,
        "musicdesk train student",
        "Limits",
        "held out",
        "same-album",
        config["sha256"],
    ):
        assert word in card
    for package in ("wesnoth", "singularity-music", "fretsonfire-songs-muldjord"):
        assert package in card
    assert "emotify" not in card.lower() or "not" in card.lower()


def test_single_precision_would_not_be_better() -> None:
    tensors = load_file(FOLDER / WEIGHTS)
    assert {values.dtype for values in tensors.values()} == {np.dtype(np.float16)}
    assert all(np.isfinite(values).all() for values in tensors.values())


def test_without_musicnn_it_is_what_listens(tmp_path: Path) -> None:
    assert registry.best_available(tmp_path) == "cnn"
    assert weights.status(PLUGIN, tmp_path).installed
    assert registry.load("cnn", models=tmp_path).spec == SPEC


def test_weights_that_cannot_be_read_or_lack_something_are_told(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        Cnn(tmp_path)
    (tmp_path / WEIGHTS).write_bytes(b"no weights")
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        Cnn(tmp_path)
    tensors = load_file(FOLDER / WEIGHTS)
    save_file({name: values for name, values in tensors.items() if name != "tags.bias"}, tmp_path / WEIGHTS)
    with pytest.raises(ModelUnavailable, match=r"tags\.bias"):
        Cnn(tmp_path)
