"""Whether a disk is there, what kind of drive it is, and which links lead out of a folder."""

import os
from pathlib import Path

import pytest
from namespaces import in_namespace

from musicdesk.library import places
from musicdesk.library.places import Mount, is_empty, linked, mounts, on_network, place

MOUNTINFO = r"""22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:41 / /mnt/nas rw - nfs4 nas:/music rw,vers=4.2
31 22 0:42 / /mnt/My\040Drive rw,relatime shared:9 master:2 - fuse.sshfs me@there: rw
32 22 8:1 / /mnt/stick rw - fuseblk /dev/sda1 rw
33 30 8:2 / /mnt/nas/local rw - ext4 /dev/sda2 rw
34 22 0:43 / /mnt/covered rw - cifs //nas/music rw
35 34 8:3 / /mnt/covered rw - ext4 /dev/sda3 rw
not a line
"""


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mountinfo").write_text(MOUNTINFO)
    monkeypatch.setattr(places, "_MOUNTS", str(tmp_path / "mountinfo"))


def test_mounts_are_read_with_their_kind_and_spaces(made_up: None) -> None:
    assert len(mounts()) == 7
    assert mounts()[2] == Mount("/mnt/My Drive", "0:42", "fuse.sshfs")


@pytest.mark.parametrize(
    ("folder", "network"),
    [("/home/me/music", False), ("/mnt/nas", True), ("/mnt/nas/a/b", True), ("/mnt/nasty", False),
     ("/mnt/My Drive/x", True), ("/mnt/stick/x", False), ("/mnt/nas/local/x", False), ("/mnt/covered", False)],
)  # fmt: skip
def test_network_drives_are_told_from_disks(folder: str, network: bool, made_up: None) -> None:
    assert on_network(folder) is network


def test_a_system_that_tells_no_mounts_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_MOUNTS", "/nowhere/at/all")
    assert mounts() == ()
    assert not on_network("/")


def test_a_place_is_the_same_until_the_folder_is_another_one(tmp_path: Path) -> None:
    folder = tmp_path / "music"
    assert place(str(folder)) is None
    folder.mkdir()
    here = place(str(folder))
    (folder / "a.mp3").touch()
    assert place(str(folder)) == here
    folder.rename(tmp_path / "old")
    folder.mkdir()
    assert place(str(folder)) != here
    folder.rmdir()
    folder.touch()
    assert place(str(folder)) is None


def test_a_folder_is_empty_only_if_it_is_there_and_holds_nothing(tmp_path: Path) -> None:
    assert is_empty(str(tmp_path))
    (tmp_path / ".hidden").touch()
    assert not is_empty(str(tmp_path))
    assert not is_empty(str(tmp_path / "none"))


def test_links_that_lead_out_are_found_once_also_behind_links_and_in_circles(tmp_path: Path) -> None:
    music, out, far = tmp_path / "music", tmp_path / "out", tmp_path / "far"
    for folder in (music / "a", out / "b", far):
        folder.mkdir(parents=True)
    (music / "a" / "out").symlink_to(out)
    (music / "again").symlink_to(out / "b")
    (music / "inside").symlink_to(music / "a")
    (music / "up").symlink_to(tmp_path / "music")
    (music / "nowhere").symlink_to(tmp_path / "none")
    (music / "file").symlink_to("/etc/hostname")
    (out / "b" / "far").symlink_to(far)
    (far / "back").symlink_to(music)
    assert linked(str(music)) == (
        (str(music / "a" / "out"), str(out)),
        (str(music / "a" / "out" / "b" / "far"), str(far)),
    )


def test_a_disk_connected_over_a_folder_or_below_it_makes_it_another_place(tmp_path: Path) -> None:
    (tmp_path / "music" / "nas").mkdir(parents=True)
    script = """
    import subprocess
    from musicdesk.library.places import is_empty, place
    def mount(folder): subprocess.run(["mount", "-t", "tmpfs", "none", folder], check=True)
    music = sys.argv[1] + "/music"
    seen = [place(music)]
    mount(music + "/nas"); seen.append(place(music))
    mount(music); seen.append(place(music)); assert is_empty(music)
    subprocess.run(["umount", music], check=True); assert place(music) == seen[1]
    subprocess.run(["umount", music + "/nas"], check=True); assert place(music) == seen[0]
    print(len(set(seen)))
    """
    assert in_namespace(script, str(tmp_path)) == "3"
    assert os.listdir(tmp_path / "music") == ["nas"]
