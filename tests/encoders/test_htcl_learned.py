"""An HTCL that was learned on this computer: kept, found, heard with, and derived from what another encoder heard."""

import dataclasses
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import odd_encoders
import pytest
import sounds
import torch
from encoders import tiny_bert
from encoders import tiny_htcl as tiny
from encoders.golden_sounds import SOUNDS
from safetensors.numpy import load_file, save_file
from torch.nn import functional

from musicdesk.encoders import htcl, phrases, registry
from musicdesk.encoders.analysing import Engine, Plan
from musicdesk.encoders.close_listening import CloseListener
from musicdesk.encoders.nets.htcl_config import VECTORS, HtclConfig
from musicdesk.encoders.nets.htcl_net import HtclNet, standardise
from musicdesk.encoders.nets.htcl_rows import RowsHead, TextHead, read_tensors
from musicdesk.encoders.steps import Order, Request, analyse, encode, listen
from musicdesk.encoders.zoo import weights
from musicdesk.errors import BadRequest, ModelUnavailable, NotFound
from musicdesk.records import Analysis, EncoderKey
from musicdesk.records.meaning import MEANING, MeaningReport, Probe, StageReport

torch.set_num_threads(1)
ON_ROWS = replace(VECTORS, inputs=3, width=16, audio_head=(12,), text_inputs=tiny_bert.WIDTH, text_head=(12,))
REPORT = MeaningReport(
    "htcl-mine", "odd", "minilm", 30,
    (StageReport(MEANING, 30, (2.0, 1.5), (0.1, 0.4), (Probe("genre", 0.5, 0.55, 0.1),), "", 1.5),), 2.0,
)  # fmt: skip


def network(config: HtclConfig = ON_ROWS, seed: int = 1) -> HtclNet:
    torch.manual_seed(seed)
    made = HtclNet(config).eval()
    if config.source == "vectors":
        rng = np.random.default_rng(seed)
        standardise(made, rng.normal(size=config.inputs).tolist(), rng.uniform(0.5, 2, config.inputs).tolist())
    return made


@pytest.fixture
def models(tmp_path, monkeypatch):
    """A folder with what was learned on the odd encoder, and a BERT that reads."""
    with odd_encoders.installed(tmp_path, monkeypatch):
        home = tmp_path / "models"
        keep(home)
        yield home


def keep(models: Path, name: str = "htcl-mine", *, config: HtclConfig = ON_ROWS, seed: int = 1) -> HtclNet:
    made, bert = network(config, seed), tiny_bert.publish(models / "bert")
    base = odd_encoders.PLUGIN.spec.key if config.source == "vectors" else None
    htcl.write(models / name, made, sentences=str(bert), base=base, report=REPORT, readme="# Mine\n")
    return made


def joint(made: HtclNet, rows: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        return functional.normalize(made.sounds(torch.from_numpy(rows.astype(np.float32))), dim=-1).numpy()


# -------------------------------------------------------------------------------------------------------- the folder


def test_what_was_kept_comes_back(models):
    kept = htcl.read_config(models / "htcl-mine")
    assert (kept.config, kept.base, kept.sentences) == (ON_ROWS, odd_encoders.PLUGIN.spec.key, str(models / "bert"))
    assert htcl.read_report(models / "htcl-mine") == REPORT
    assert (models / "htcl-mine" / "README.md").read_text() == "# Mine\n"
    found = load_file(models / "htcl-mine" / "weights.safetensors")
    assert {name.split(".")[0] for name in found} == {
        "tower", "audio_head", "text_head", "fusion_head", "temperatures",
    }  # fmt: skip


def test_learning_again_takes_the_place_of_what_was_there(models):
    first = registry.plugin("htcl-mine", models).spec.key
    keep(models, seed=2)
    second = registry.plugin("htcl-mine", models).spec.key
    assert (first.name, first.front_end) == (second.name, second.front_end)
    assert first.version != second.version
    assert sorted(path.name for path in models.iterdir()) == ["bert", "htcl-mine"]


@pytest.mark.parametrize("spoil", ["no config", "no weights", "another kind", "no json", "a width of 0", "no report"])
def test_half_a_folder_is_left_out(models, spoil):
    folder = models / "htcl-mine"
    told = json.loads((folder / "config.json").read_text())
    match spoil:
        case "no config":
            (folder / "config.json").unlink()
        case "no weights":
            (folder / "weights.safetensors").unlink()
        case "another kind":
            (folder / "config.json").write_text(json.dumps(told | {"kind": "musicdesk-cnn"}))
        case "no json":
            (folder / "config.json").write_text("{")
        case "a width of 0":
            (folder / "config.json").write_text(json.dumps(told | {"network": told["network"] | {"width": 0}}))
        case "no report":
            (folder / "report.json").write_text("[1]")
            assert htcl.read_report(folder) is None
            return
    with pytest.raises(ModelUnavailable):
        htcl.read_config(folder)
    assert "htcl-mine" not in registry.names(models)
    with pytest.raises(NotFound):
        registry.plugin("htcl-mine", models)


# -------------------------------------------------------------------------------------------------- on another's rows


def test_it_has_the_windows_words_and_level_of_its_base(models):
    plugin, base = registry.plugin("htcl-mine", models), odd_encoders.PLUGIN
    assert plugin.derived_from == "odd"
    assert base.derived_from == ""
    for name in ("rate_hz", "window_s", "windows", "vocabulary", "loudness", "devices"):
        assert getattr(plugin.spec, name) == getattr(base.spec, name)
    assert (plugin.spec.dim, plugin.front_end) == (100, base.front_end)
    status = weights.status(plugin, models)
    assert (status.installed, status.trained, status.shipped) == (True, True, False)
    weights.verify(plugin, models)


def test_the_head_in_numpy_gives_the_networks_numbers(models):
    head = registry.open_head("htcl-mine", models=models)
    assert head is not None
    rows = np.random.default_rng(0).normal(size=(5000, 3)).astype(np.float32)
    found = head(rows)
    np.testing.assert_allclose(found, joint(network(), rows), atol=1e-5)
    np.testing.assert_allclose(np.concatenate([head(row[None]) for row in rows[:9]]), found[:9], atol=1e-6)
    assert head(rows[:0]).shape == (0, 100)
    with pytest.raises(BadRequest, match="rows of 3 numbers"):
        head(rows[:, :2])


def test_a_tower_with_blocks_hears_the_same_row_by_row(models):
    made = keep(models, "htcl-deep", config=replace(ON_ROWS, layers=1, attention_heads=2, inner=8))
    head = registry.open_head("htcl-deep", models=models)
    assert head is not None
    rows = np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32)
    np.testing.assert_allclose(head(rows), joint(made, rows), atol=1e-5)


def test_several_rows_of_a_track_become_one(models):
    rows = torch.randn(4, 6, 3)
    made = network()
    with torch.inference_mode():
        expected = made.audio_head(torch.stack([made.tower(track).mean(0) for track in rows]))
        np.testing.assert_allclose(made.sounds(rows).numpy(), expected.numpy(), atol=1e-5)


def test_a_file_analysed_anew_has_the_vector_that_its_bases_row_gives(models, tmp_path):
    path = str(sounds.tone(tmp_path / "a.wav", hz=440, length_s=6, rate_hz=16_000))
    base = analyse(Order("odd", str(models), 4), Request(path, "a"))
    mine = analyse(Order("htcl-mine", str(models), 4), Request(path, "a"))
    assert isinstance(base, Analysis)
    assert isinstance(mine, Analysis)
    np.testing.assert_allclose(mine.vector, joint(network(), base.vector[None])[0], atol=1e-5)
    np.testing.assert_array_equal(mine.tags, base.tags)
    assert (mine.typical_s, mine.fingerprint, mine.windows) == (base.typical_s, base.fingerprint, base.windows)
    order = Order("htcl-mine", str(models), 4, device=odd_encoders.GPU)
    heard = listen(order, Request(path, "a"))
    np.testing.assert_allclose(encode(order, [heard]).pooled[0].vector, mine.vector, atol=1e-5)


def test_windows_listened_to_closely_lie_in_the_same_space(models, tmp_path):
    path = str(sounds.tone(tmp_path / "a.wav", hz=440, length_s=4, rate_hz=16_000))
    found = {}
    for name in ("odd", "htcl-mine"):
        with CloseListener(Plan(name, models, 1, device="cpu", nice=0)) as listener:
            ((_, found[name]),) = listener.run([Request(path, "a")])
    assert found["htcl-mine"].vectors.shape == (len(found["odd"]), 100)
    np.testing.assert_allclose(found["htcl-mine"].vectors, joint(network(), found["odd"].vectors), atol=1e-5)


def test_the_head_loads_no_torch(models):
    code = (
        "import sys, numpy as np; from pathlib import Path; from musicdesk.encoders.nets.htcl_rows import RowsHead,"
        f" read_tensors; RowsHead(read_tensors(Path({str(models / 'htcl-mine' / 'weights.safetensors')!r})))"
        "(np.zeros((2, 3), np.float32)); from musicdesk.encoders import htcl;"
        f" htcl.read_config(Path({str(models / 'htcl-mine')!r})); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_network_that_stands_on_another_version_is_left_out_and_told(models, caplog):
    path = models / "htcl-mine" / "config.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"base": told["base"] | {"version": "0"}}))
    assert "htcl-mine" not in registry.names(models)
    assert "stands on" in caplog.text
    path.write_text(json.dumps(told | {"base": told["base"] | {"name": "gone"}}))
    assert "htcl-mine" not in registry.names(models)


def test_it_can_stand_on_what_comes_with_musicdesk(tmp_path):
    key = registry.plugin("cnn").spec.key
    htcl.write(tmp_path / "htcl-cnn", network(replace(ON_ROWS, inputs=128)), sentences="minilm", base=key)
    plugin = registry.plugin("htcl-cnn", tmp_path)
    encoder = registry.load("htcl-cnn", models=tmp_path)
    rows = encoder.encode(plugin.front_end([make() for make in SOUNDS.values()])).vectors
    head = registry.open_head("htcl-cnn", models=tmp_path)
    assert head is not None
    assert head(rows).shape == (len(SOUNDS), 100)


def test_without_its_bases_weights_it_says_what_to_install(tmp_path):
    key = registry.plugin("musicnn").spec.key
    htcl.write(tmp_path / "htcl-a", network(replace(ON_ROWS, inputs=400)), sentences="minilm", base=key)
    status = weights.status(registry.plugin("htcl-a", tmp_path), tmp_path)
    assert not status.installed
    assert "musicdesk models install musicnn" in status.problem
    with pytest.raises(ModelUnavailable, match="models install musicnn"):
        registry.load("htcl-a", models=tmp_path)


@pytest.mark.parametrize("spoil", ["damaged", "missing", "not finite", "another shape"])
def test_damaged_weights_are_sentences(models, spoil):
    folder = models / "htcl-mine"
    path = folder / "weights.safetensors"
    tensors = load_file(path)
    match spoil:
        case "damaged":
            path.write_bytes(path.read_bytes()[:-7] + b"spoiled")
            with pytest.raises(ModelUnavailable, match=r"damaged.*Train the network again"):
                registry.open_head("htcl-mine", models=models)
            return
        case "missing":
            del tensors["audio_head.0.weight"], tensors["text_head.2.bias"]
        case "not finite":
            tensors["tower.mean"][0] = np.nan
            tensors["text_head.0.bias"][0] = np.inf
        case "another shape":
            with pytest.raises(ModelUnavailable, match="cannot be read"):
                read_tensors(folder / "gone.safetensors")
            return
    save_file(tensors, path)
    for kind in (RowsHead, TextHead):
        with pytest.raises(ModelUnavailable, match=r"lacks its|broken"):
            kind(read_tensors(path))


# --------------------------------------------------------------------------------------------------- on spectrograms


@pytest.fixture
def hearing(models):
    """What was learned from spectrograms, beside the other."""
    return models, keep(models, "htcl-ears", config=replace(tiny.CONFIG, joint=100, windows=2))


def test_one_on_spectrograms_is_an_encoder_like_any_other(hearing, tmp_path):
    models, made = hearing
    plugin = registry.plugin("htcl-ears", models)
    assert (plugin.derived_from, plugin.spec.windows, plugin.spec.window_s, plugin.spec.dim) == ("", 2, 6.0, 100)
    encoder, features = registry.load("htcl-ears", models=models), plugin.front_end([m() for m in SOUNDS.values()])
    found = encoder.encode(features).vectors
    np.testing.assert_allclose(found, joint(made, features), atol=1e-5)
    np.testing.assert_allclose(
        np.concatenate([encoder.encode(one[None]).vectors for one in features]), found, atol=1e-5
    )
    path = str(sounds.tone(tmp_path / "a.wav", hz=440, length_s=20, rate_hz=16_000))
    with Engine(Plan("htcl-ears", models, 1, nice=0, device="cpu")) as engine:
        ((_, outcome),) = engine.run([Request(path, "a")])
    assert isinstance(outcome, Analysis)
    np.testing.assert_allclose(np.linalg.norm(outcome.vector), 1, atol=1e-5)


# --------------------------------------------------------------------------------------------------------- the words


def test_words_lie_in_the_space_of_the_sounds(models):
    plugin = registry.plugin("htcl-mine", models)
    assert plugin.open_text is not None
    words, made = plugin.open_text(models / "htcl-mine"), network()
    texts = ["slow sad piano", "夜のドライブ", "🎹", "piano " * 1000]
    vectors = words.encode_text(texts)
    sentences = htcl.open_sentences(str(models / "bert"), models).encode(texts)
    with torch.inference_mode():
        expected = functional.normalize(made.words(torch.from_numpy(sentences)), dim=-1).numpy()
    np.testing.assert_allclose(vectors, expected, atol=1e-5)
    with pytest.raises(BadRequest, match="at least one word"):
        words.encode_text([""])
    assert words.encode_text([]).shape == (0, 100)


def test_phrases_of_prototypes_are_heard(models):
    phrases._opened.cache_clear()
    matrix = np.random.default_rng(0).normal(size=(7, 100)).astype(np.float32)
    near = phrases.nearness("htcl-mine", models, "slow sad piano", matrix)
    phrases._opened.cache_clear()
    assert near is not None
    assert near.shape == (7,)
    assert (np.abs(near) <= 1).all()


def test_words_of_another_reader_are_refused(models):
    tiny_bert.publish(models / "bert")
    path = models / "htcl-mine" / "config.json"
    path.write_text(path.read_text().replace(str(models / "bert"), "nobody"))
    plugin = registry.plugin("htcl-mine", models)
    assert plugin.open_text is not None
    with pytest.raises(ModelUnavailable, match="no sentence encoder 'nobody'"):
        plugin.open_text(models / "htcl-mine")
    assert phrases.nearness("htcl-mine", models, "piano", np.eye(100, dtype=np.float32)) is None
    head = TextHead(read_tensors(models / "htcl-mine" / "weights.safetensors"))

    @dataclasses.dataclass
    class Short:
        name: str = "short"
        dim: int = 3

    with pytest.raises(ModelUnavailable, match="sentences of 16 numbers; short gives 3"):
        htcl.Words(Short(), head, name="htcl-mine")  # type: ignore[arg-type]


def test_a_key_says_which_weights_and_front_end_it_is(models):
    kept = htcl.read_config(models / "htcl-mine")
    assert registry.plugin("htcl-mine", models).spec.key == EncoderKey(
        "htcl-mine", kept.sha256[:12], odd_encoders.PLUGIN.spec.key.front_end
    )
