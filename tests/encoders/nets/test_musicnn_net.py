"""Both arrangements of MusiCNN's layers against the slow pass and each other, on weights made up and published."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from encoders import slow_musicnn
from encoders.golden_sounds import SOUNDS
from safetensors.numpy import load_file

from musicdesk.encoders.musicnn import NETWORKS, log_mel_patches, open_network
from musicdesk.encoders.nets.musicnn_batch import ALIKE, MusicnnBatch
from musicdesk.encoders.nets.musicnn_net import MusicnnNet
from musicdesk.encoders.nets.musicnn_weights import ALLOWED, LOUDEST, fold

Weights = Mapping[str, np.ndarray]


def made_up_weights(seed: int, *, decay: float = 0.0) -> Weights:
    """Tensors of a network nobody trained; filters are up to ``decay`` powers of ten weaker than they could be."""
    rng = np.random.default_rng(seed)
    weights: dict[str, np.ndarray] = {}
    for number, shape in slow_musicnn._CONV.items():
        name = f"conv2d_{number}" if number else "conv2d"
        size = rng.standard_normal(shape) / np.sqrt(np.prod(shape[:3]))
        weights[f"{name}/kernel"] = size * 10 ** -rng.uniform(0, decay, shape[-1]) if decay else size
        weights[f"{name}/bias"] = 0.1 * rng.standard_normal(shape[-1])
    for number, shape in slow_musicnn._DENSE.items():
        name = f"dense_{number}" if number else "dense"
        weights[f"{name}/kernel"] = rng.standard_normal(shape) / np.sqrt(shape[0])
        weights[f"{name}/bias"] = 0.1 * rng.standard_normal(shape[-1])
    for number, width in slow_musicnn._BN.items():
        name = f"batch_normalization_{number}" if number else "batch_normalization"
        weights[f"{name}/gamma"] = rng.uniform(0.5, 1.5, width) * (rng.choice([-1, 1], width) if number else 1)
        weights[f"{name}/beta"], weights[f"{name}/moving_mean"] = 0.1 * rng.standard_normal((2, width))
        weights[f"{name}/moving_variance"] = rng.uniform(0.5, 2, width)
    return {name: values.astype(np.float32) for name, values in weights.items()}


def hard_patches() -> np.ndarray:
    """Patches that no music makes: noise, tones, clicks, blocks, all of it as loud as can be, and silence."""
    rng = np.random.default_rng(3)
    tones = [np.where(np.arange(96) == band, LOUDEST, 0) + np.zeros((187, 1)) for band in (0, 40, 95)]
    clicks = [np.where(np.arange(187) % period == 0, LOUDEST, 0)[:, None] + np.zeros(96) for period in (2, 13, 186)]
    blocks = [np.kron(rng.random((11, 6)) < 0.5, np.ones((17, 16))) * LOUDEST for _ in range(3)]
    flat = [np.full((187, 96), loudness) for loudness in (0, LOUDEST)]
    noise = [rng.uniform(0, LOUDEST, (187, 96)) for _ in range(3)]
    return np.array([*tones, *clicks, *blocks, *flat, *noise], dtype=np.float32)


@pytest.fixture(scope="module")
def published(musicnn_folder: Path) -> list[Weights]:
    return [load_file(musicnn_folder / f"{name}.safetensors") for name in NETWORKS]


@pytest.mark.parametrize("decay", [0.0, 8.0], ids=["every filter alive", "most filters dead"])
@pytest.mark.parametrize("make", [MusicnnNet, lambda networks: MusicnnBatch(networks, "cpu")], ids=["core", "batched"])
def test_weights_never_seen_before_give_the_numbers_of_the_slow_pass(make, decay):
    weights = made_up_weights(1, decay=decay)
    patches = hard_patches()[[4, 8, 12]]
    embeddings, logits = make([fold(weights, allowed=1e-5)])(patches)
    exact = {name: values.astype(np.float64) for name, values in weights.items()}
    for at, patch in enumerate(patches):
        tags, embedding = slow_musicnn.tags_and_embedding(exact, patch)
        np.testing.assert_allclose(embeddings[at, 0], embedding, atol=1e-4)
        np.testing.assert_allclose(1 / (1 + np.exp(-logits[at, 0])), tags, atol=1e-4)


def test_leaving_filters_out_never_moves_an_embedding_further_than_promised():
    weights, patches = made_up_weights(2, decay=8), hard_patches()
    whole = fold(weights, allowed=0)
    expected, _ = MusicnnNet([whole])(patches)
    for allowed in (1e-3, 0.1, 10.0):
        pruned = fold(weights, allowed=allowed)
        embeddings, _ = MusicnnNet([pruned])(patches)
        assert sum(pruned.filters) < sum(whole.filters)
        assert np.abs(embeddings - expected).max() <= allowed


def test_a_network_all_of_whose_filters_are_dead_still_answers():
    weights = {name: values * (0 if name.startswith("conv2d") and "kernel" in name else 1)
               for name, values in made_up_weights(4).items()}  # fmt: skip
    network = fold(weights)
    assert sum(network.filters) == 0
    embeddings, _ = MusicnnNet([network])(hard_patches()[:2])
    exact = {name: values.astype(np.float64) for name, values in weights.items()}
    _, expected = slow_musicnn.tags_and_embedding(exact, hard_patches()[0])
    np.testing.assert_allclose(embeddings[:, 0], [expected, expected], atol=1e-4)


def test_most_filters_of_the_published_networks_are_dead_and_are_not_missed(published):
    whole, pruned = ([fold(weights, allowed=allowed) for weights in published] for allowed in (0, ALLOWED))
    assert [sum(network.filters) for network in pruned] == pytest.approx([64, 246], abs=3)
    music = np.concatenate([log_mel_patches(make()) for make in SOUNDS.values()])
    patches = np.concatenate([music, hard_patches()])
    expected, _ = MusicnnNet(whole)(patches)
    embeddings, _ = MusicnnNet(pruned)(patches)
    np.testing.assert_allclose(embeddings, expected, atol=1e-4)


def test_a_row_never_depends_on_its_batch(published):
    net, patches = MusicnnNet([fold(weights) for weights in published]), hard_patches()
    together, _ = net(patches)
    np.testing.assert_array_equal(np.concatenate([net(patch[None])[0] for patch in patches]), together)


def test_two_networks_together_give_what_each_gives_alone(published):
    networks, patches = [fold(weights) for weights in published], hard_patches()
    together, _ = MusicnnNet(networks)(patches)
    alone = np.concatenate([MusicnnNet([network])(patches)[0] for network in networks], axis=1)
    np.testing.assert_allclose(together, alone, atol=2e-5)


def test_what_a_gpu_runs_gives_the_numbers_of_a_core(musicnn_folder: Path):
    networks = [open_network(musicnn_folder, name) for name in NETWORKS]
    patches = np.concatenate([log_mel_patches(make()) for make in SOUNDS.values()])
    batched = MusicnnBatch(networks, "cpu")
    assert not batched.half, "half precision gains nothing on the CPU"
    for ours, theirs in zip(MusicnnNet(networks)(patches), batched(patches), strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(theirs, ours, atol=1e-4)


def test_half_precision_keeps_the_direction_of_the_embeddings(musicnn_folder: Path):
    networks = [open_network(musicnn_folder, name) for name in NETWORKS]
    patches = log_mel_patches(SOUNDS["chords"]())
    exact, _ = MusicnnBatch(networks, "cpu")(patches)
    rough, _ = MusicnnBatch(networks, "cpu", half=True)(patches)
    assert rough.dtype == np.float32
    assert (rough != exact).any()
    cosine = (rough * exact).sum(-1) / np.linalg.norm(rough, axis=-1) / np.linalg.norm(exact, axis=-1)
    assert cosine.min() > ALIKE


def test_no_patches_give_no_rows():
    network, nothing = fold(made_up_weights(5)), np.zeros((0, 187, 96), np.float32)
    for net in (MusicnnNet([network, network]), MusicnnBatch([network, network], "cpu")):
        embeddings, logits = net(nothing)
        assert (embeddings.shape, logits.shape) == ((0, 2, 200), (0, 2, 50))


def test_a_core_needs_no_torch(musicnn_folder: Path):
    script = (
        "import sys, numpy as np; from pathlib import Path; from musicdesk.encoders.musicnn import Musicnn, front_end;"
        "Musicnn(Path(sys.argv[1])).encode(front_end([np.ones(48_000)])); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script, musicnn_folder], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.gpu
@pytest.mark.parametrize("half", [False, None], ids=["single", "as chosen"])
def test_a_gpu_gives_the_numbers_of_a_core(musicnn_folder: Path, half: bool | None):
    torch = pytest.importorskip("torch")
    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else ""
    if not device:
        pytest.skip("there is no GPU here")
    networks = [open_network(musicnn_folder, name) for name in NETWORKS]
    patches = np.concatenate([log_mel_patches(make()) for make in SOUNDS.values()])
    expected, _ = MusicnnNet(networks)(patches)
    batched = MusicnnBatch(networks, device, half=half)
    embeddings, _ = batched(patches)
    if not batched.half:
        np.testing.assert_allclose(embeddings, expected, atol=1e-4)
    cosine = (embeddings * expected).sum(-1) / np.linalg.norm(embeddings, axis=-1) / np.linalg.norm(expected, axis=-1)
    assert cosine.min() > ALIKE
