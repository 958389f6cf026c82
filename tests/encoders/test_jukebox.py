import hashlib
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import sounds
import torch
from encoders import as_foreign, tiny_jukebox
from encoders.encoder_contract import EncoderContract
from encoders.golden_sounds import SOUNDS
from encoders.tiny_jukebox import PLUGIN, STUDY, TINY, checkpoints, write_checkpoints

from musicdesk.encoders import jukebox, registry
from musicdesk.encoders.analysing import Engine, Plan, Request
from musicdesk.encoders.base import Encoder
from musicdesk.encoders.nets.jukebox_config import FULL, JukeboxConfig
from musicdesk.encoders.nets.jukebox_net import EARS, MIND, Jukebox
from musicdesk.encoders.nets.jukebox_prior import time_bins
from musicdesk.encoders.nets.jukebox_vqvae import Ears
from musicdesk.encoders.zoo import memory
from musicdesk.errors import ModelUnavailable
from musicdesk.records import Analysis

GOLDEN = Path(__file__).with_name("jukebox_golden.npz")
LAYER = "prior.transformer._attn_mods.0.attn.c_attn.w"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with the tiny Jukebox, converted from checkpoints as they are published."""
    source = write_checkpoints(tmp_path_factory.mktemp("source"), checkpoints())
    folder = tmp_path_factory.mktemp("models") / "jukebox-tiny"
    folder.mkdir()
    assert PLUGIN.convert is not None
    PLUGIN.convert(source, folder)
    return folder.parent


@pytest.fixture
def folder(models: Path) -> Path:
    return models / "jukebox-tiny"


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tiny encoders as those of another package, so that the registry and its processes find them."""
    with as_foreign.installed(tiny_jukebox.POINTS, tmp_path, monkeypatch):
        yield


@pytest.fixture(scope="module")
def network() -> Jukebox:
    """The tiny network, filled by hand."""
    filled = Jukebox(TINY).eval()
    tables = checkpoints()
    for part, file in ((filled.ears, EARS), (filled.mind, MIND)):
        part.load_state_dict({key: tables[file][key] for key in part.state_dict()})
    return filled


@pytest.fixture(scope="module")
def full() -> Jukebox:
    """The network at its published size, without numbers."""
    with torch.device("meta"):
        return Jukebox(FULL)


@pytest.fixture(scope="module")
def golden() -> dict[str, np.ndarray]:
    with np.load(GOLDEN) as file:
        return dict(file)


class TestTheContract(EncoderContract):
    @pytest.fixture
    def encoder(self, models: Path, known: None) -> Encoder:
        return registry.load("jukebox-tiny", models=models)

    def test_the_front_end_needs_no_torch(self, encoder: Encoder) -> None:
        code = """
import sys
import numpy as np
from musicdesk.encoders.jukebox import PLUGIN, STUDY
for plugin in (PLUGIN, STUDY):
    features = plugin.front_end([np.ones(16000, np.float32)])
    assert features.dtype == np.float32 and len(features) == 1
assert "torch" not in sys.modules
"""
        subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_files_go_the_whole_way_and_their_level_does_not_matter(models: Path, known: None, tmp_path: Path) -> None:
    chord = sounds.chord(220, 277, 330, length_s=2.0)
    levels = {"loud": 1.0, "again": 1.0, "soft": 0.5}
    requests = [Request(str(sounds.write(tmp_path / f"{name}.wav", chord * by)), name) for name, by in levels.items()]
    with Engine(Plan("jukebox-tiny", models, workers=1, device="cpu")) as engine:
        done = {request.audio_hash: analysis for request, analysis in engine.run(requests)}
    vectors = {name: analysis.vector for name, analysis in done.items() if isinstance(analysis, Analysis)}
    assert vectors.keys() == levels.keys()
    assert vectors["loud"].shape == (TINY.width,)
    assert vectors["loud"].std() > 0.1
    np.testing.assert_array_equal(vectors["loud"], vectors["again"])
    np.testing.assert_allclose(vectors["loud"], vectors["soft"], atol=0.1)  # 16 bits of the file: a code may differ


class TestAsUpstream:
    """Golden numbers of transformers 4.57.6 (see regenerate_jukebox.py)."""

    @pytest.mark.parametrize("name", ["chords", "beats"])
    def test_the_codes_are_the_same(self, network: Jukebox, golden: dict[str, np.ndarray], name: str) -> None:
        codes = network.codes(_peaked(name))
        np.testing.assert_array_equal(codes[0].numpy(), golden[f"{name}_codes"])
        assert len(set(codes[0].tolist())) > 10

    @pytest.mark.parametrize("name", ["chords", "beats"])
    def test_what_enters_and_leaves_every_layer_is_the_same(
        self, network: Jukebox, golden: dict[str, np.ndarray], name: str
    ) -> None:
        with torch.no_grad():
            states = [network.mind.embed(network.codes(_peaked(name)))]
            for layer in network.mind.prior.transformer._attn_mods:
                states.append(layer(states[-1]))
        assert len(states) == 5  # the embedding; row, column, previous row, row
        ours = np.stack([state[0, ::3].numpy() for state in states])
        assert np.abs(golden[f"{name}_hidden"]).max() > 4
        np.testing.assert_allclose(ours, golden[f"{name}_hidden"], atol=1e-5)  # found: 3e-6

    @pytest.mark.parametrize("name", ["chords", "beats"])
    def test_the_vector_is_the_mean_over_time(self, folder: Path, golden: dict[str, np.ndarray], name: str) -> None:
        encoder = PLUGIN.load(folder, "cpu")
        vectors = encoder.encode(PLUGIN.front_end([_peaked(name)[0].numpy()])).vectors
        np.testing.assert_allclose(vectors[0], golden[f"{name}_vector"], atol=1e-5)

    def test_the_steps_of_time_lie_where_they_did_in_training(self, golden: dict[str, np.ndarray]) -> None:
        total, absolute, relative = (bins.numpy() for bins in time_bins(FULL))
        np.testing.assert_array_equal(np.resize(total, FULL.context), golden["full_time_bins"][0])
        np.testing.assert_array_equal(absolute, golden["full_time_bins"][1])
        np.testing.assert_array_equal(relative, golden["full_time_bins"][2])


class TestPatternsOfAttention:
    """Who hears whom, by what moves when one code is another."""

    @pytest.mark.parametrize(
        ("layer", "hears"),
        [
            (0, lambda at, by: at // 8 == by // 8 and by <= at),
            (1, lambda at, by: at % 8 == by % 8 and by <= at),
            (2, lambda at, by: at // 8 - 1 == by // 8 or at == by),
        ],
        ids=["within a row", "within a column", "to the row before"],
    )
    def test_each_hears_whom_it_should(self, network: Jukebox, layer: int, hears) -> None:  # type: ignore[no-untyped-def]
        values = torch.randn(1, TINY.context, TINY.width, generator=torch.Generator().manual_seed(1))
        block = network.mind.prior.transformer._attn_mods[layer]
        with torch.no_grad():
            before = block(values)
            for changed in (0, 13, 29, 63):
                moved = block(values.index_fill(1, torch.tensor([changed]), 0.0)) != before
                found = moved.any(dim=2)[0].tolist()
                assert found == [hears(at, changed) for at in range(TINY.context)]

    def test_no_position_knows_its_own_code_or_a_later_one(self, network: Jukebox) -> None:
        codes = torch.randint(0, TINY.codes, (1, TINY.context), generator=torch.Generator().manual_seed(2))
        changed = codes.clone()
        changed[0, 40] = (changed[0, 40] + 1) % TINY.codes
        with torch.no_grad():
            moved = (network.mind(codes) != network.mind(changed)).any(dim=2)[0]
        assert not moved[:41].any()
        assert moved[41:].any()


class TestAtFullSize:
    def test_names_shapes_and_precisions_are_those_of_the_published_checkpoints(self, full: Jukebox) -> None:
        """Digests of what openai/jukebox (08efbbc) makes at the size of "5b", without what listening drops."""
        assert _digest(full.ears) == (133, "2a752e640996006e3d4a841f19b506b27956998c52e5c5ac0e578f124e60e17b")
        assert _digest(full.mind) == (439, "614b24c3d71d6c8b0238a912075c429ebe200dea497dbcad1991276ae329c0c1")

    def test_a_few_names_that_everyone_knows(self, full: Jukebox) -> None:
        ears, mind = full.ears.state_dict(), full.mind.state_dict()
        assert ears["bottleneck.level_blocks.2.k"].shape == (2048, 64)
        assert ears["encoders.2.level_blocks.2.model.1.1.model.3.model.3.weight"].shape == (32, 32, 1)
        assert mind["prior.transformer._attn_mods.35.attn.c_attn.w"].shape == (4800, 3600)
        assert mind["prior.pos_emb.pos_emb"].shape == (8192, 4800)
        assert mind["y_emb.artist_emb.emb.weight"].shape == (4111, 4800)
        assert "prior.transformer._attn_mods.36.ln_0.weight" not in mind

    def test_all_layers_and_the_projection_make_the_five_billion(self) -> None:
        with torch.device("meta"):
            whole = Jukebox(replace(FULL, layers=72)).mind
        projection = FULL.codes * FULL.width
        assert sum(tensor.numel() for tensor in whole.parameters()) + projection == 5_060_452_800

    def test_the_size_that_is_told_is_that_of_what_is_kept(self, full: Jukebox) -> None:
        kept = sum(tensor.nbytes for part in (full.ears, full.mind) for tensor in part.state_dict().values())
        assert jukebox.SPEC.weights is not None
        assert kept == pytest.approx(jukebox.SPEC.weights.size_bytes, rel=1e-3)
        assert jukebox.SPEC.memory_mb > kept / 1e6

    def test_a_window_is_8192_codes_and_the_study_hears_a_little_beyond(self) -> None:
        chord = sounds.chord(220, 330, length_s=5.0)
        assert jukebox.PLUGIN.front_end([chord]).shape == (1, 8192 * 128)
        with torch.no_grad():
            codes = Ears(FULL)(torch.from_numpy(jukebox.STUDY.front_end([chord])))
        assert codes.shape == (1, 8268)

    def test_study_and_encoder_share_their_weights(self) -> None:
        assert jukebox.STUDY.spec.weights_name == jukebox.PLUGIN.spec.weights_name == "jukebox"
        assert jukebox.STUDY.spec.weights == jukebox.PLUGIN.spec.weights
        assert jukebox.STUDY.spec.dim == jukebox.PLUGIN.spec.dim == 4800


class TestTheStudy:
    def test_it_hears_24_of_30_seconds_at_a_peak_of_one(self) -> None:
        sound = sounds.noise(length_s=30.0, level=0.01)
        sound[25 * 44_100 :] = 0.9
        (heard,) = jukebox.STUDY.front_end([sound])
        assert len(heard) == 24 * 44_100
        assert np.abs(heard).max() == 1.0
        np.testing.assert_allclose(heard, sound[: len(heard)] / np.abs(sound[: len(heard)]).max(), rtol=1e-6)

    def test_it_encodes(self, folder: Path) -> None:
        encoder = STUDY.load(folder, "cpu")
        vectors = encoder.encode(STUDY.front_end([make() for make in SOUNDS.values()])).vectors
        assert vectors.shape == (len(SOUNDS), TINY.width)
        assert np.isfinite(vectors).all()


class TestConversion:
    def test_the_two_files_hold_what_listening_needs_and_no_more(self, folder: Path, network: Jukebox) -> None:
        for part, file in ((network.ears, EARS), (network.mind, MIND)):
            kept = safetensors.torch.load_file(folder / f"{file}.safetensors")
            assert kept.keys() == part.state_dict().keys()
            assert all((tensor.dtype == torch.float16) == key.endswith(".w") for key, tensor in kept.items())
            assert all(torch.equal(tensor, part.state_dict()[key]) for key, tensor in kept.items())

    def test_the_prefix_of_several_cards_and_whole_matrices_are_taken_too(self, tmp_path: Path, folder: Path) -> None:
        tables = checkpoints()
        tables[MIND] = {f"module.{key}": tensor.float() for key, tensor in tables[MIND].items()}
        converted = _converted(tmp_path, tables)
        for file in (EARS, MIND):
            name = f"{file}.safetensors"
            assert (converted / name).read_bytes() == (folder / name).read_bytes()

    @pytest.mark.parametrize(
        ("file", "change", "words"),
        [
            (MIND, {LAYER: None}, "c_attn.w is missing"),
            (EARS, {"bottleneck.level_blocks.2.k": None}, "level_blocks.2.k is missing"),
            (MIND, {"prior.start_token": torch.zeros(1, 48)}, "prior.start_token is left over"),
            (EARS, {"encoders.3.level_blocks.0.bias": torch.zeros(8)}, "encoders.3.level_blocks.0.bias is left over"),
            (MIND, {"prior.transformer._attn_mods.6.ln_0.bias": torch.zeros(48)}, "_attn_mods.6.ln_0.bias is left"),
            (MIND, {LAYER: torch.zeros(48, 35)}, r"c_attn.w is \[48, 35\] and not \[48, 36\]"),
        ],
    )
    def test_another_network_is_refused(
        self, tmp_path: Path, file: str, change: dict[str, torch.Tensor | None], words: str
    ) -> None:
        tables = checkpoints()
        tables[file] = {key: tensor for key, tensor in (tables[file] | change).items() if tensor is not None}
        with pytest.raises(ModelUnavailable, match=words):
            _converted(tmp_path, tables)

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(ModelUnavailable, match=r"prior_level_2\.pth\.tar is missing"):
            _converted(tmp_path, {EARS: checkpoints()[EARS]})

    def test_too_little_memory_is_said_before_it_is_filled(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(memory, "available_mb", lambda: 0.001)
        with pytest.raises(ModelUnavailable, match=r"Converting vqvae\.pth\.tar needs about .* GB of memory"):
            _converted(tmp_path, checkpoints())

    def test_it_can_be_sent_to_another_process(self) -> None:
        for plugin in (jukebox.PLUGIN, jukebox.STUDY):
            assert pickle.loads(pickle.dumps(plugin.convert)).args == (FULL,)

    def test_nothing_in_a_checkpoint_is_run(self, tmp_path: Path) -> None:
        source = write_checkpoints(tmp_path / "source", checkpoints())
        (source / f"{EARS}.pth.tar").write_bytes(pickle.dumps({"model": _Bomb(tmp_path / "ran")}, protocol=2))
        assert PLUGIN.convert is not None
        with pytest.raises(ModelUnavailable):
            PLUGIN.convert(source, tmp_path)
        assert not (tmp_path / "ran").exists()


class TestLoading:
    def test_16_bits_leave_the_codes_alone_and_hardly_move_the_vector(self, network: Jukebox) -> None:
        with torch.inference_mode():
            codes, vector = network.codes(_peaked("beats")), network(_peaked("beats"))
            with torch.autocast("cpu", torch.float16):
                codes_16, vector_16 = network.codes(_peaked("beats")), network(_peaked("beats"))
        assert torch.equal(codes, codes_16)
        difference = (vector_16 - vector).abs().max()
        assert 0 < difference < 0.01

    def test_the_matrices_stay_in_16_bits_and_in_the_file(self, folder: Path) -> None:
        encoder = PLUGIN.load(folder, "cpu")
        network = encoder._network.mind  # type: ignore[attr-defined]
        raw = (folder / f"{MIND}.safetensors").read_bytes()
        table = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])
        kept = {key: tensor for key, tensor in network.named_parameters() if key.endswith(".w")}
        assert len(kept) == 4 * TINY.layers
        assert all(tensor.dtype == torch.float16 for tensor in kept.values())
        begins = {tensor.data_ptr() - table[key]["data_offsets"][0] for key, tensor in kept.items()}
        assert len(begins) == 1  # they lie in memory as they lie in the file

    def test_weights_of_another_size_are_refused(self, folder: Path, tmp_path: Path) -> None:
        wider = jukebox.plugin(tiny_jukebox.SPEC, replace(TINY, layers=5))
        with pytest.raises(ModelUnavailable, match=r"_attn_mods\.4.*is missing"):
            wider.load(folder, "cpu")

    def test_damaged_weights_are_refused(self, folder: Path, tmp_path: Path) -> None:
        for name in (f"{EARS}.safetensors", f"{MIND}.safetensors"):
            (tmp_path / name).write_bytes((folder / name).read_bytes()[:1000])
        with pytest.raises(ModelUnavailable, match="damaged"):
            PLUGIN.load(tmp_path, "cpu")


@pytest.mark.parametrize("wrong", [{"rows": 7}, {"heads": 7}, {"song_s": 30.0}, {"halvings": ()}])
def test_sizes_that_do_not_fit_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"no grid|none between"):
        JukeboxConfig(**wrong)  # type: ignore[arg-type]


class _Bomb:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.path,))


def _peaked(name: str) -> torch.Tensor:
    """A golden sound, a window long, with a peak of 1.  # [1, samples]"""
    sound = np.resize(SOUNDS[name](), TINY.samples)
    return torch.from_numpy(sound / np.abs(sound).max())[None]


def _converted(tmp_path: Path, tables: dict[str, dict[str, torch.Tensor]]) -> Path:
    folder = tmp_path / "converted"
    folder.mkdir()
    assert PLUGIN.convert is not None
    PLUGIN.convert(write_checkpoints(tmp_path / "source", tables), folder)
    return folder


def _digest(part: torch.nn.Module) -> tuple[int, str]:
    lines = sorted(
        f"{key} {json.dumps(list(tensor.shape))} {str(tensor.dtype).removeprefix('torch.')}"
        for key, tensor in part.state_dict().items()
    )
    return len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()
