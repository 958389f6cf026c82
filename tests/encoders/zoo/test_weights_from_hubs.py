"""Installing weights from a hub or a folder: licence, downloads that stop, conversion in its own process, cards."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from encoders import toy_weights as toy
from encoders.model_server import File, Hub, serving
from encoders.toy_weights import AT, CONFIG, GAINS, of_a_hub, sha256

from musicdesk.encoders.base import Download, EncoderPlugin
from musicdesk.encoders.zoo import memory, weights
from musicdesk.encoders.zoo.claim import claimed
from musicdesk.errors import BadRequest, LicenceNotAccepted, ModelUnavailable
from musicdesk.jobs import Cancelled, Job
from musicdesk.records import EncoderKey


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving({f"{AT}/gains.bin": File(GAINS), f"{AT}/config.json": File(CONFIG)}) as hub:
        yield hub


@pytest.fixture
def plugin(hub: Hub) -> EncoderPlugin:
    return of_a_hub(hub.url)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    """The authors' files, copied from elsewhere."""
    folder = tmp_path / "brought"
    folder.mkdir()
    (folder / "gains.bin").write_bytes(GAINS)
    (folder / "config.json").write_bytes(CONFIG)
    return folder


def install(plugin: EncoderPlugin, models: Path, **choices: object) -> Path:
    return weights.install(plugin, models=models, **{"job": Job(), "now": lambda: 1.8e9} | choices)  # type: ignore[arg-type]


def left_in(models: Path) -> list[str]:
    return sorted(path.name for path in models.iterdir()) if models.exists() else []


def seen(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in sorted(folder.rglob("*")) if p.is_file()}


# ------------------------------------------------------------------------------------------------- from a hub


def test_weights_are_fetched_converted_and_described(plugin: EncoderPlugin, models: Path, hub: Hub) -> None:
    folder = install(plugin, models)
    assert left_in(models) == ["toy"]
    assert sorted(p.name for p in folder.iterdir()) == ["config.json", "weights.safetensors"]
    card = json.loads((folder / "config.json").read_text())
    assert card["files"] == {"weights.safetensors": sha256((folder / "weights.safetensors").read_bytes())}
    assert card["origins"][0] == {
        "name": "gains.bin", "url": f"{hub.url}{AT}/gains.bin", "size_bytes": len(GAINS), "sha256": sha256(GAINS),
    }  # fmt: skip
    assert (card["licence"], card["setting"], card["accepted"]) == ("CC BY-NC 4.0", "three figures a window", {})
    weights.verify(plugin, models)
    assert weights.status(plugin, models).installed
    assert plugin.load(folder, "cpu").spec.dim == 3


def test_a_pickle_is_converted_without_being_run(hub: Hub, models: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    torch.save({"state_dict": {"gains": torch.tensor([1.0, 2.0, 3.0])}, "epoch": 4}, tmp_path / "a.pt")
    hub.files[f"{AT}/gains.bin"].content = (tmp_path / "a.pt").read_bytes()
    folder = install(of_a_hub(hub.url, toy.from_pickle), models)
    assert load_file(folder / "weights.safetensors")["gains"].tolist() == [1.0, 2.0, 3.0]


def test_a_licence_that_must_be_accepted_is_asked_for_before_anything_moves(hub: Hub, models: Path) -> None:
    plugin = of_a_hub(hub.url, accept=True)
    with pytest.raises(LicenceNotAccepted, match=r"CC BY-NC 4\.0.*http://.*/org/toy,.*toy --accept-licence"):
        install(plugin, models)
    assert not hub.asked
    assert not models.exists()
    folder = install(plugin, models, accept_licence=True)
    assert json.loads((folder / "config.json").read_text())["accepted"] == {
        "licence": "CC BY-NC 4.0", "on": "2027-01-15",
    }  # fmt: skip
    assert install(plugin, models) == folder, "what is installed needs no second yes"


def test_what_had_come_before_a_failure_is_not_fetched_again(hub: Hub, models: Path, plugin: EncoderPlugin) -> None:
    config = hub.files.pop(f"{AT}/config.json")
    with pytest.raises(ModelUnavailable, match="404"):
        install(plugin, models)
    assert left_in(models) == [".downloads"]
    assert not weights.status(plugin, models).installed
    hub.files[f"{AT}/config.json"] = config
    install(plugin, models)
    assert [path for path, _ in hub.asked].count(f"{AT}/gains.bin") == 1
    assert left_in(models) == ["toy"]


def test_a_cancelled_download_goes_on_where_it_stopped(hub: Hub, models: Path) -> None:
    large = File(GAINS + bytes(800_000), pause_s=0.01)
    hub.files[f"{AT}/gains.bin"] = large
    plugin = of_a_hub(hub.url, toy.wrong, files=(("numbers.bin", ""),))
    job = Job(lambda progress: job.cancel() if progress.done > 200_000 else None)
    with pytest.raises(Cancelled):
        install(plugin, models, job=job)
    kept = (models / ".downloads" / "toy" / "gains.bin.part").stat().st_size
    large.pause_s = 0.0
    install(plugin, models)
    assert [wanted for path, wanted in hub.asked if path.endswith("gains.bin")] == ["", f"bytes={kept}-"]
    assert left_in(models) == ["toy"]


def test_a_failure_with_nothing_to_keep_leaves_nothing(hub: Hub, models: Path) -> None:
    plugin = of_a_hub(hub.url, downloads=(Download(f"{hub.url}{AT}/gains.bin", "gains.bin", sha256=sha256(b"other")),))
    with pytest.raises(ModelUnavailable, match="not the file that it should be"):
        install(plugin, models)
    assert left_in(models) == []


def test_only_one_program_downloads_at_a_time(hub: Hub, models: Path, plugin: EncoderPlugin) -> None:
    with claimed(models / ".downloads" / "toy", what="Toy"), pytest.raises(ModelUnavailable, match="Another musicdesk"):
        install(plugin, models)
    assert not hub.asked
    install(plugin, models)


def test_what_a_killed_install_left_is_cleared_away_and_nothing_else(models: Path, plugin: EncoderPlugin) -> None:
    for name in (".toy~killed", ".toy-box~busy"):
        (models / name).mkdir(parents=True)
    install(plugin, models)
    assert left_in(models) == [".toy-box~busy", "toy"]


def test_old_unfinished_downloads_are_cleared_away(models: Path, plugin: EncoderPlugin) -> None:
    for name, age_s in (("forgotten", 90 * 86400), ("recent", 86400)):
        folder = models / ".downloads" / name
        folder.mkdir(parents=True)
        (folder / "x.part").touch()
        for path in (folder / "x.part", folder):
            os.utime(path, (path.stat().st_mtime - age_s,) * 2)
    install(plugin, models)
    assert left_in(models / ".downloads") == ["recent"]


@pytest.mark.parametrize(
    ("convert", "sentence"),
    [
        (toy.crash, "could not be converted: .*crashed"),
        (toy.stumble, r"could not be converted: KeyError: 'layers\.0\.weight'"),
        (toy.full, "Make room and try again"),
        (toy.wrong, "differ from the known ones"),
    ],
)
def test_a_conversion_that_fails_costs_a_sentence_and_keeps_the_download(
    hub: Hub, models: Path, convert: object, sentence: str
) -> None:
    plugin = replace(of_a_hub(hub.url), convert=convert)  # type: ignore[arg-type]
    with pytest.raises(ModelUnavailable, match=sentence):
        install(plugin, models)
    assert left_in(models) == [".downloads"]
    install(of_a_hub(hub.url), models)
    assert len(hub.asked) == 2, "nothing was fetched twice"


def test_a_conversion_that_cannot_be_sent_to_a_process_is_a_sentence(hub: Hub, models: Path) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be imported by name"):
        install(of_a_hub(hub.url, lambda _source, _folder: None), models)


def test_a_file_that_is_no_checkpoint_is_told_in_the_words_of_its_encoder(hub: Hub, models: Path) -> None:
    hub.files[f"{AT}/gains.bin"] = File(b"<html>")
    with pytest.raises(ModelUnavailable, match=r"gains\.bin is no checkpoint of Toy"):
        install(of_a_hub(hub.url), models)


def test_converted_weights_are_compared_with_a_known_hash(hub: Hub, models: Path, plugin: EncoderPlugin) -> None:
    known = sha256((install(plugin, models) / "weights.safetensors").read_bytes())
    weights.remove(plugin, models)
    install(of_a_hub(hub.url, files=(("weights.safetensors", known),)), models)
    weights.remove(plugin, models)
    with pytest.raises(ModelUnavailable, match="differ from the known ones"):
        install(of_a_hub(hub.url, files=(("weights.safetensors", sha256(b"")),)), models)


def test_too_little_room_is_told_before_anything_is_fetched(hub: Hub, models: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"Toy needs .* of room in .*Make room"):
        install(of_a_hub(hub.url, size_bytes=10**18), models)
    assert not hub.asked
    assert left_in(models) == []


def test_too_little_memory_is_told_before_anything_is_fetched(hub: Hub, models: Path, plugin: EncoderPlugin) -> None:
    greedy = replace(plugin, spec=replace(plugin.spec, memory_mb=10**9))
    with pytest.raises(ModelUnavailable, match=r"Toy needs about 1000000\.0 GB of memory; this computer has"):
        install(greedy, models)
    assert not hub.asked


def test_too_little_free_memory_is_told_when_it_is_needed(plugin: EncoderPlugin) -> None:
    weights.check_memory(plugin.spec)
    with pytest.raises(ModelUnavailable, match=r"about 1000000\.0 GB of memory; .* are free\. Close other programs"):
        weights.check_memory(replace(plugin.spec, memory_mb=10**9))


def test_the_memory_of_this_computer_is_known() -> None:
    total, free = memory.total_mb(), memory.available_mb()
    assert total is None or free is None or 100 < free < total


# ------------------------------------------------------------------------------------------- cards and damage


@pytest.mark.parametrize("damage", ["gone", "torn", "other"])
def test_a_card_that_is_missing_or_torn_counts_as_damage(plugin: EncoderPlugin, models: Path, damage: str) -> None:
    card = install(plugin, models) / "config.json"
    if damage == "gone":
        card.unlink()
    else:
        card.write_text(card.read_text()[:40] if damage == "torn" else '{"files": 3}')
    with pytest.raises(ModelUnavailable, match=r"damaged.*musicdesk models install toy"):
        weights.verify(plugin, models)
    install(plugin, models)
    weights.verify(plugin, models)


def test_weights_that_changed_are_found_out_and_replaced(plugin: EncoderPlugin, models: Path) -> None:
    path = install(plugin, models) / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelUnavailable, match="damaged"):
        weights.verify(plugin, models)
    install(plugin, models)
    weights.verify(plugin, models)


def test_removing_takes_an_unfinished_download_with_it(hub: Hub, models: Path, plugin: EncoderPlugin) -> None:
    hub.files.pop(f"{AT}/config.json")
    with pytest.raises(ModelUnavailable):
        install(plugin, models)
    assert weights.remove(plugin, models)
    assert left_in(models) == []


def test_a_variant_shares_the_weights_of_its_base(plugin: EncoderPlugin, models: Path, hub: Hub) -> None:
    study = replace(plugin, spec=replace(plugin.spec, key=EncoderKey("toy-study", "1", "8k"), variant_of="toy"))
    assert "musicdesk models install toy" in weights.status(study, models).problem
    folder = install(plugin, models)
    status = weights.status(study, models)
    assert (status.installed, status.path, status.variant_of) == (True, folder, "toy")
    weights.verify(study, models)
    assert install(study, models) == folder
    assert len(hub.asked) == 2


# ----------------------------------------------------------------------------------------------- from a folder


def test_the_authors_files_are_taken_from_a_folder_and_left_alone(
    hub: Hub, models: Path, plugin: EncoderPlugin, brought: Path
) -> None:
    before = seen(brought)
    folder = install(plugin, models, from_dir=brought)
    assert not hub.asked
    assert seen(brought) == before
    assert json.loads((folder / "config.json").read_text())["origins"][0]["sha256"] == sha256(GAINS)
    weights.verify(plugin, models)


def test_a_cache_of_hugging_face_will_do(models: Path, plugin: EncoderPlugin, brought: Path, tmp_path: Path) -> None:
    cache = tmp_path / "models--org--toy"
    snapshot = cache / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (cache / "blobs").mkdir()
    for path in brought.iterdir():
        path.rename(cache / "blobs" / path.name.upper())
        (snapshot / path.name).symlink_to(Path("../../blobs") / path.name.upper())
    install(plugin, models, from_dir=snapshot)
    weights.remove(plugin, models)
    install(plugin, models, from_dir=cache)
    weights.verify(plugin, models)
    assert len(list(snapshot.iterdir())) == 2


def test_files_are_known_by_the_names_that_their_authors_gave_them(hub: Hub, models: Path, tmp_path: Path) -> None:
    address = f"{hub.url}/org/toy/resolve/main/best/pytorch_model.bin"
    plugin = of_a_hub(
        hub.url, downloads=(Download(address, "gains.bin"), Download(f"{hub.url}{AT}/c.json", "config.json"))
    )
    folder = tmp_path / "clone"
    (folder / "best").mkdir(parents=True)
    (folder / "best" / "pytorch_model.bin").write_bytes(GAINS)
    (folder / "c.json").write_bytes(CONFIG)
    install(plugin, models, from_dir=folder)
    weights.verify(plugin, models)


def test_files_of_one_published_name_are_not_mistaken_for_each_other(hub: Hub, models: Path, brought: Path) -> None:
    other = Download(f"{hub.url}/org/other/resolve/main/config.json", "other_config.json")
    downloads = (*(of_a_hub(hub.url).spec.weights.downloads), other)  # type: ignore[union-attr]
    plugin = of_a_hub(hub.url, downloads=downloads)
    with pytest.raises(ModelUnavailable, match=r"lacks other_config\.json \(http"):
        install(plugin, models, from_dir=brought)
    shutil.copy(brought / "config.json", brought / "other_config.json")
    install(plugin, models, from_dir=brought)


def test_what_a_folder_lacks_is_named(hub: Hub, models: Path, plugin: EncoderPlugin, brought: Path) -> None:
    (brought / "gains.bin").unlink()
    with pytest.raises(
        ModelUnavailable, match=r"lacks gains\.bin \(http.*/gains\.bin\)\. .*: gains\.bin, config\.json\.$"
    ):
        install(plugin, models, from_dir=brought)
    with pytest.raises(BadRequest, match="no folder"):
        install(plugin, models, from_dir=brought / "none")
    assert left_in(models) == []


def test_files_that_are_not_the_known_ones_are_refused(hub: Hub, models: Path, brought: Path) -> None:
    for known in ({"sha256": sha256(b"")}, {"size_bytes": 5}):
        download = Download(f"{hub.url}{AT}/gains.bin", "gains.bin", **known)  # type: ignore[arg-type]
        with pytest.raises(ModelUnavailable, match="Copy it again"):
            install(of_a_hub(hub.url, downloads=(download,)), models, from_dir=brought)


def test_a_folder_needs_the_licence_accepted_too(hub: Hub, models: Path, brought: Path) -> None:
    with pytest.raises(LicenceNotAccepted):
        install(of_a_hub(hub.url, accept=True), models, from_dir=brought)


def test_converted_weights_of_another_musicdesk_are_checked_and_copied(
    hub: Hub, models: Path, plugin: EncoderPlugin, tmp_path: Path
) -> None:
    elsewhere = install(plugin, tmp_path / "elsewhere")
    (elsewhere / "LICENSE").write_text("as is")
    hub.files.clear()
    before = seen(elsewhere)
    folder = install(replace(plugin, convert=toy.stumble), models, from_dir=elsewhere)
    assert seen(elsewhere) == before
    assert (folder / "LICENSE").read_text() == "as is"
    assert json.loads((folder / "config.json").read_text())["origins"][0]["url"].startswith("http")
    weights.verify(plugin, models)


def test_converted_weights_that_are_damaged_or_of_another_are_refused(
    models: Path, plugin: EncoderPlugin, tmp_path: Path
) -> None:
    elsewhere = install(plugin, tmp_path / "elsewhere")
    other = replace(plugin, spec=replace(plugin.spec, key=EncoderKey("tuba", "1", "8k")))
    with pytest.raises(BadRequest, match="weights of toy, not of tuba"):
        install(other, models, from_dir=elsewhere)
    (elsewhere / "weights.safetensors").write_bytes(b"?")
    with pytest.raises(ModelUnavailable, match=r"damaged\. Copy the whole folder again"):
        install(plugin, models, from_dir=elsewhere)
    (elsewhere / "weights.safetensors").unlink()
    with pytest.raises(ModelUnavailable, match=r"lacks weights\.safetensors"):
        install(plugin, models, from_dir=elsewhere)
    assert left_in(models) == []


# ------------------------------------------------------------------------------- shipped, trained, and libraries


def test_shipped_weights_are_there_checked_and_stay(
    models: Path, plugin: EncoderPlugin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    monkeypatch.setattr(weights, "shipped_folder", lambda name: shipped / name)
    spec = replace(plugin.spec, weights=replace(plugin.spec.weights, shipped=True, downloads=()))  # type: ignore[type-var]
    built_in = replace(plugin, spec=spec, convert=None)
    assert "Install musicdesk again" in weights.status(built_in, models).problem
    shutil.move(install(plugin, tmp_path / "elsewhere"), shipped / "toy")
    status = weights.status(built_in, models)
    assert (status.installed, status.shipped, status.path) == (True, True, shipped / "toy")
    assert install(built_in, models) == shipped / "toy"
    weights.verify(built_in, models)
    with pytest.raises(BadRequest, match="part of musicdesk"):
        weights.remove(built_in, models)
    (shipped / "toy" / "weights.safetensors").write_bytes(b"?")
    with pytest.raises(ModelUnavailable, match=r"damaged.*Install musicdesk again"):
        weights.verify(built_in, models)
    assert not models.exists()


def test_a_network_trained_here_is_checked_by_its_own_card_and_can_be_removed(models: Path) -> None:
    folder = models / "cnn-own"
    folder.mkdir(parents=True)
    (folder / "weights.safetensors").write_bytes(GAINS)
    (folder / "config.json").write_text(json.dumps({"kind": "cnn", "weights_sha256": sha256(GAINS)}))
    spec = replace(toy.SPEC, key=EncoderKey("cnn-own", "1", "8k"), weights=None)
    trained = EncoderPlugin(spec, toy.load, toy.front_end)
    status = weights.status(trained, models)
    assert (status.trained, status.shipped, status.installed, status.path) == (True, False, True, folder)
    weights.verify(trained, models)
    (folder / "weights.safetensors").write_bytes(b"?")
    with pytest.raises(ModelUnavailable, match=r"damaged.*Train the network again"):
        weights.verify(trained, models)
    assert weights.remove(trained, models)
    assert left_in(models) == []


def test_a_missing_library_is_told_and_not_imported(plugin: EncoderPlugin, models: Path) -> None:
    needy = replace(plugin, spec=replace(plugin.spec, extra="toys", libraries=("json", "no_such_library")))
    install(plugin, models)
    status = weights.status(needy, models)
    assert (status.installed, status.extra) == (False, "toys")
    assert status.problem == 'Toy needs a library. Run: pip install "musicdesk[toys]"'
    able = weights.status(replace(needy, spec=replace(needy.spec, libraries=("json",))), models)
    assert (able.installed, able.extra) == (True, "")
