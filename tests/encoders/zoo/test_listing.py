"""A repository whose checkpoints musicdesk does not know by name: what the hub lists is fetched and checked."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from encoders.model_server import File, Hub, serving
from encoders.toy_weights import AT, CONFIG, GAINS, of_a_hub, sha256

from musicdesk.encoders.base import Download, EncoderPlugin
from musicdesk.encoders.zoo import weights
from musicdesk.encoders.zoo.listing import checkpoints_in, checkpoints_of
from musicdesk.errors import ModelUnavailable
from musicdesk.jobs import Job

TREE = "/api/models/org/toy/tree/main"
ENTRIES = [
    {"type": "file", "path": "README.md", "size": 3},
    {"type": "file", "path": "gains.bin", "size": len(GAINS), "lfs": {"oid": sha256(GAINS), "size": len(GAINS)}},
    {"type": "directory", "path": "old.pth"},
    {"type": "file", "path": "below/other.pth", "size": 1},
]


@pytest.fixture
def hub() -> Iterator[Hub]:
    files = {f"{AT}/gains.bin": File(GAINS), f"{AT}/config.json": File(CONFIG)}
    with serving({**files, TREE: File(json.dumps(ENTRIES).encode())}) as hub:
        yield hub


def listing(hub: Hub) -> EncoderPlugin:
    plugin = of_a_hub(hub.url)
    assert plugin.spec.weights is not None
    told = replace(
        plugin.spec.weights,
        downloads=(Download(f"{hub.url}{AT}/config.json", "config.json"),),
        listing=f"{hub.url}{TREE}",
    )
    return replace(plugin, spec=replace(plugin.spec, weights=told))


def test_the_checkpoints_that_a_hub_lists_are_fetched_with_their_sizes_and_hashes(hub: Hub, tmp_path: Path) -> None:
    (found,) = checkpoints_of(f"{hub.url}{TREE}", Job())
    assert found == Download(f"{hub.url}{AT}/gains.bin", "gains.bin", len(GAINS), sha256(GAINS))
    folder = weights.install(listing(hub), models=tmp_path, job=Job())
    origins = json.loads((folder / "config.json").read_text())["origins"]
    assert [origin["name"] for origin in origins] == ["config.json", "gains.bin"]


def test_what_is_not_what_was_listed_is_refused(hub: Hub, tmp_path: Path) -> None:
    hub.files[f"{AT}/gains.bin"] = File(GAINS[::-1])
    with pytest.raises(ModelUnavailable, match="not the file that it should be"):
        weights.install(listing(hub), models=tmp_path, job=Job())


@pytest.mark.parametrize("said", [b"{", b"[]", b"{}", b'[{"path": 3}, {"type": "file", "path": "a.md"}, 7]'])
def test_a_list_without_checkpoints_is_a_sentence(hub: Hub, said: bytes) -> None:
    hub.files[TREE] = File(said)
    with pytest.raises(ModelUnavailable, match="report this"):
        checkpoints_of(f"{hub.url}{TREE}", Job())


def test_without_a_network_it_says_what_to_do(hub: Hub) -> None:
    hub.files[TREE].statuses = [503] * 9
    with pytest.raises(ModelUnavailable, match="--from-dir"):
        checkpoints_of(f"{hub.url}{TREE}", Job())


def test_a_folder_that_a_person_brought_is_taken_as_it_is(hub: Hub, tmp_path: Path) -> None:
    brought = tmp_path / "brought"
    brought.mkdir()
    (brought / "gains.bin").write_bytes(GAINS)
    (brought / "config.json").write_bytes(CONFIG)
    assert checkpoints_in(brought) == (brought / "gains.bin",)
    folder = weights.install(listing(hub), models=tmp_path / "models", job=Job(), from_dir=brought)
    assert (folder / "weights.safetensors").is_file()
    assert not hub.asked
