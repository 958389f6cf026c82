import logging
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest
from encoders.encoder_contract import heard

from musicdesk.encoders import registry
from musicdesk.encoders.musicnn import PLUGIN as MUSICNN
from musicdesk.encoders.zoo import shipped
from musicdesk.errors import ModelUnavailable, NotFound

FOREIGN = """
from dataclasses import replace
from musicdesk.encoders.handcrafted import PLUGIN, SPEC
from musicdesk.encoders.base import EncoderPlugin
from musicdesk.records import EncoderKey

def needs(folder, device):
    import a_library_that_nobody_has

FOREIGN = EncoderPlugin(replace(SPEC, key=EncoderKey("foreign", "1", "x")), PLUGIN.load, PLUGIN.front_end)
NEEDY = EncoderPlugin(replace(SPEC, key=EncoderKey("needy", "1", "x")), needs, PLUGIN.front_end)
THIEF = EncoderPlugin(replace(SPEC, title="Thief"), PLUGIN.load, PLUGIN.front_end)
"""
POINTS = """[musicdesk.encoders]
foreign = foreign_encoders:FOREIGN
needy = foreign_encoders:NEEDY
handcrafted = foreign_encoders:THIEF
misnamed = foreign_encoders:FOREIGN
broken = a_module_that_is_not_there:PLUGIN
nonsense = foreign_encoders:needs
"""


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    info = tmp_path / "foreign_encoders-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign-encoders\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    (tmp_path / "foreign_encoders.py").write_text(FOREIGN)
    monkeypatch.syspath_prepend(tmp_path)
    registry.forget_foreign()
    yield
    registry.forget_foreign()
    sys.modules.pop("foreign_encoders", None)


def test_our_own_encoders_are_there() -> None:
    papers = {
        "musicnn",
        "musicfm",
        "music2vec",
        "mert-95m",
        "mert-330m",
        "encodecmae",
        "jukebox",
        "mule",
        "muq",
        "muq-mulan",
    }
    assert registry.names()[:3] == ("musicnn", "cnn", "handcrafted")
    assert papers <= set(registry.names())
    for name in registry.names():
        assert registry.plugin(name).spec.key.name == name


def test_every_setting_of_the_study_stands_beside_its_base() -> None:
    variants = [plugin.spec for plugin in registry.plugins().values() if plugin.spec.variant_of]
    assert len(variants) >= 9
    for spec in variants:
        base = registry.plugin(spec.variant_of).spec
        assert spec.weights is base.weights or spec.weights == base.weights
        assert spec.key != base.key
        assert spec.setting


def test_our_own_are_the_entry_points_that_the_package_declares() -> None:
    declared = {point.name: point.value for point in entry_points(group=registry.GROUP)}
    assert {name: declared.get(name) for name in registry.OWN} == registry.OWN


def test_no_encoder_is_told_without_its_licence_and_source() -> None:
    for name, plugin in registry.plugins().items():
        assert plugin.spec.licence, name
        assert plugin.spec.source, name
        downloads = plugin.spec.weights.downloads if plugin.spec.weights else ()
        assert all(download.url.startswith("https://") for download in downloads), name
        free = any(word in plugin.spec.licence for word in ("MIT", "ISC", "GPL"))
        assert plugin.spec.weights is None or plugin.spec.weights.accept is not free, name


def test_knowing_the_encoders_loads_none_of_their_libraries() -> None:
    code = "import sys; from musicdesk.encoders import registry; registry.plugins(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not set(loaded) & {"torch", "transformers", "mule_torch", "matplotlib", "librosa"}


def test_an_encoder_of_another_package_is_found(foreign: None, tmp_path: Path) -> None:
    assert "foreign" in registry.names()
    encoder = registry.load("foreign", models=tmp_path)
    assert heard(encoder, [np.ones(100, np.float32)]).vectors.shape == (1, encoder.spec.dim)


def test_a_broken_one_is_logged_and_left_out(foreign: None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert {"broken", "misnamed", "nonsense"}.isdisjoint(registry.names())
    for name in ("broken", "misnamed", "nonsense"):
        assert name in caplog.text


def test_a_name_of_ours_cannot_be_taken_over(foreign: None) -> None:
    assert registry.plugin("handcrafted").spec.title != "Thief"


def test_a_missing_library_is_a_sentence(foreign: None, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="pip install a_library_that_nobody_has"):
        registry.load("needy", models=tmp_path)


def test_an_unknown_name_names_the_known() -> None:
    with pytest.raises(NotFound, match="musicnn, cnn, handcrafted"):
        registry.plugin("musicnnn")


def test_missing_weights_say_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="musicdesk models install musicnn"):
        registry.load("musicnn", models=tmp_path)


def test_wrong_weights_are_not_loaded(tmp_path: Path) -> None:
    assert MUSICNN.spec.weights is not None
    (tmp_path / "musicnn").mkdir()
    for name, _ in MUSICNN.spec.weights.files:
        (tmp_path / "musicnn" / name).write_bytes(b"no weights")
    with pytest.raises(ModelUnavailable, match="damaged"):
        registry.load("musicnn", models=tmp_path)


def test_without_a_download_our_own_network_listens(tmp_path: Path) -> None:
    assert registry.best_available(tmp_path) == "cnn"


def test_without_any_weights_the_handcrafted_measures_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "HOMES", (tmp_path,))
    assert registry.best_available(tmp_path) == "handcrafted"


def test_the_best_available_is_musicnn_where_it_is_installed(musicnn_folder: Path) -> None:
    assert registry.best_available(musicnn_folder.parent) == "musicnn"


def test_listing_encoders_loads_neither_torch_nor_librosa() -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from musicdesk.encoders import registry; from musicdesk.encoders.zoo import weights;"
        "[weights.status(registry.plugin(n), Path('none')) for n in registry.names()];"
        "sys.exit(bool({'torch', 'librosa', 'numba'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
