import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from playlists.samples import ODD_NAMES, entry, evening

from musicdesk.errors import BadRequest, DiskFull, NotFound, ReadOnlyData, UnreadablePlaylist, UserFacing
from musicdesk.playlists import files
from musicdesk.playlists.files import ENDINGS, read, write
from musicdesk.records import Playlist


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_playlist_of_real_files_with_odd_names_comes_back(tmp_path, ending):
    (tmp_path / "music").mkdir()
    paths = [f"{tmp_path}/music/{name}" for name in ODD_NAMES]
    for path in paths:
        open(path, "w").close()
    for relative in (True, False):
        write(evening(*map(entry, paths)), tmp_path / f"list{ending}", relative=relative)
        back = read(tmp_path / f"list{ending}")
        assert [one.path for one in back.entries] == paths
        assert back.name == "An evening, quiet"


@pytest.mark.parametrize("ending", ENDINGS)
def test_folder_and_playlist_moved_together_still_fit(tmp_path, ending):
    (tmp_path / "old" / "music").mkdir(parents=True)
    (tmp_path / "old" / "music" / "a.flac").touch()
    write(evening(entry(f"{tmp_path}/old/music/a.flac")), tmp_path / "old" / f"list{ending}")
    (tmp_path / "old").rename(tmp_path / "new")
    assert read(tmp_path / "new" / f"list{ending}").entries[0].path == f"{tmp_path}/new/music/a.flac"


def test_the_ending_chooses_the_format_in_any_case(tmp_path):
    write(evening(), tmp_path / "a.XSPF")
    assert (tmp_path / "a.XSPF").read_bytes().startswith(b"<?xml")
    for name in ("a.txt", "a", ".m3u8"):
        with pytest.raises(BadRequest, match=r"\.m3u8, \.m3u, \.xspf, \.jspf, \.pls"):
            write(evening(), tmp_path / name)
        with pytest.raises(BadRequest):
            read(tmp_path / name)


def test_a_relative_file_name_is_taken_from_where_the_person_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(evening(entry(f"{tmp_path}/a.flac")), Path("list.m3u8"))
    assert (tmp_path / "list.m3u8").read_text().endswith("\na.flac\n")
    assert read(Path("list.m3u8")).entries[0].path == f"{tmp_path}/a.flac"


def test_a_playlist_without_a_name_has_that_of_its_file(tmp_path):
    (tmp_path / "Sunday.m3u").write_text("a.mp3\n")
    assert read(tmp_path / "Sunday.m3u").name == "Sunday"


def test_other_playlists_in_a_playlist_are_left_out_and_streams_are_not(tmp_path):
    (tmp_path / "a.m3u8").write_text("a.mp3\na.m3u8\n../b.PLS\nhttp://x.example/live.m3u8\n")
    assert [one.path for one in read(tmp_path / "a.m3u8").entries] == [
        f"{tmp_path}/a.mp3",
        "http://x.example/live.m3u8",
    ]
    (tmp_path / "b.m3u8").write_text("a.m3u8\n")
    with pytest.raises(UnreadablePlaylist, match="other playlists"):
        read(tmp_path / "b.m3u8")


def test_what_was_there_is_replaced_whole_and_nothing_else_is_left(tmp_path):
    write(evening(*[entry()] * 50), tmp_path / "a.m3u8")
    write(Playlist("short"), tmp_path / "a.m3u8")
    assert read(tmp_path / "a.m3u8") == Playlist("short")
    assert os.listdir(tmp_path) == ["a.m3u8"]


def test_a_link_to_a_playlist_stays_a_link(tmp_path):
    (tmp_path / "real.m3u8").touch()
    (tmp_path / "link.m3u8").symlink_to("real.m3u8")
    write(Playlist("x"), tmp_path / "link.m3u8")
    assert (tmp_path / "link.m3u8").is_symlink()
    assert read(tmp_path / "real.m3u8").name == "x"


def test_a_write_that_breaks_off_leaves_the_old_playlist(tmp_path, monkeypatch):
    write(evening(), tmp_path / "a.m3u8")
    before = (tmp_path / "a.m3u8").read_bytes()

    def broken(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", broken)
    with pytest.raises(KeyboardInterrupt):
        write(Playlist("new"), tmp_path / "a.m3u8")
    assert (tmp_path / "a.m3u8").read_bytes() == before
    assert os.listdir(tmp_path) == ["a.m3u8"]


def test_a_missing_folder_and_a_folder_as_file_are_sentences(tmp_path):
    with pytest.raises(NotFound, match="Make it first"):
        write(evening(), tmp_path / "no" / "a.m3u8")
    (tmp_path / "a.m3u8").mkdir()
    with pytest.raises(BadRequest, match="is a folder"):
        write(evening(), tmp_path / "a.m3u8")
    with pytest.raises(NotFound):
        read(tmp_path / "b.m3u8")
    with pytest.raises(UserFacing, match="too long"):
        write(evening(), tmp_path / ("x" * 300 + ".m3u8"))


def test_a_playlist_that_is_none_is_a_sentence_with_its_name(tmp_path):
    (tmp_path / "a.xspf").write_text("hello")
    with pytest.raises(UnreadablePlaylist, match=r"a\.xspf: "):
        read(tmp_path / "a.xspf")


def test_a_huge_file_is_not_read(tmp_path):
    with (tmp_path / "a.m3u8").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(UnreadablePlaylist, match="too large"):
        read(tmp_path / "a.m3u8")


def test_a_full_disk_is_a_sentence_and_the_old_playlist_stays(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("a disk can only be mounted as root")
    try:
        write(Playlist("old"), disk / "a.m3u8")
        with pytest.raises(DiskFull, match="no room"):
            write(evening(*[entry()] * 2000), disk / "a.m3u8")
        assert read(disk / "a.m3u8").name == "old"
        assert os.listdir(disk) == ["a.m3u8"]
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(ReadOnlyData, match="Choose another folder"):
            write(Playlist("new"), disk / "a.m3u8")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def test_a_folder_or_file_without_rights_is_a_sentence():
    folder = Path(tempfile.mkdtemp())
    write(Playlist("old"), folder / "a.m3u8")
    as_root = os.geteuid() == 0
    (folder / "a.m3u8").chmod(0)
    folder.chmod(0o755 if as_root else 0o555)
    try:
        if as_root:
            os.seteuid(65534)
        with pytest.raises(ReadOnlyData):
            write(Playlist("new"), folder / "b.m3u8")
        with pytest.raises(UnreadablePlaylist, match="Permission denied"):
            read(folder / "a.m3u8")
    finally:
        if as_root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)
