"""A walk meets every sound file once and says what it could not read."""

import os
from pathlib import Path

import pytest

from musicdesk.errors import NotFound
from musicdesk.library.walk import walk


def touch(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def names(root: Path, *folders: Path) -> list[str]:
    skipped: list[tuple[str, str]] = []
    found = walk([str(folder) for folder in folders or (root,)], on_skip=lambda p, why: skipped.append((p, why)))
    answer = [os.path.relpath(file.path, root) for file in found]
    assert not skipped
    return answer


def test_finds_sound_files_of_every_ending_by_name(tmp_path: Path) -> None:
    for name in ("b/2.FLAC", "b/1.mp3", "a.wav", "a/x.opus", "a/y.M4A", "cover.jpg", "notes.txt", "mp3"):
        touch(tmp_path / name)
    assert names(tmp_path) == ["a.wav", "a/x.opus", "a/y.M4A", "b/1.mp3", "b/2.FLAC"]


def test_tells_size_and_time(tmp_path: Path) -> None:
    path = touch(tmp_path / "a.mp3", b"12345")
    os.utime(path, ns=(1, 1_700_000_000_123_456_789))
    (file,) = walk([str(tmp_path)], on_skip=lambda *_: None)
    assert (file.path, file.size_bytes, file.mtime_ns) == (str(path), 5, 1_700_000_000_123_456_789)


def test_leaves_out_hidden_things_and_folders_with_a_stop_sign(tmp_path: Path) -> None:
    for name in (".hidden/a.mp3", "._a.mp3", "x/.nomedia", "x/a.mp3", "x/deep/a.mp3", "y/.notmusic", "y/a.mp3",
                 "@eaDir/a.mp3", "$RECYCLE.BIN/a.mp3", "z/a.mp3"):  # fmt: skip
        touch(tmp_path / name)
    assert names(tmp_path) == ["z/a.mp3"]


def test_a_hidden_folder_may_be_asked_for(tmp_path: Path) -> None:
    touch(tmp_path / ".music/a.mp3")
    assert names(tmp_path, tmp_path / ".music") == [".music/a.mp3"]


def test_links_in_a_circle_end_and_linked_folders_count_once_under_their_real_path(tmp_path: Path) -> None:
    touch(tmp_path / "music/z/a.mp3")
    touch(tmp_path / "elsewhere/b.mp3")
    (tmp_path / "music/a-link").symlink_to(tmp_path / "music/z")
    (tmp_path / "music/z/up").symlink_to(tmp_path / "music")
    (tmp_path / "music/out").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "music/self").symlink_to("self")
    assert names(tmp_path, tmp_path / "music") == ["music/z/a.mp3", "music/out/b.mp3"]


def test_folders_within_each_other_count_once(tmp_path: Path) -> None:
    touch(tmp_path / "a/b/c.mp3")
    assert names(tmp_path, tmp_path / "a/b", tmp_path / "a", tmp_path / "a") == ["a/b/c.mp3"]


def test_names_that_are_no_utf8_keep_their_bytes(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9.mp3"
    with open(raw, "wb") as file:
        file.write(b"x")
    (found,) = walk([str(tmp_path)], on_skip=lambda *_: None)
    assert os.fsencode(found.path) == raw


def test_a_missing_folder_is_a_sentence_before_the_first_file(tmp_path: Path) -> None:
    touch(tmp_path / "a.mp3")
    with pytest.raises(NotFound, match="gone is not there"):
        walk([str(tmp_path), str(tmp_path / "gone")], on_skip=lambda *_: None)
    with pytest.raises(NotFound, match=r"a\.mp3 is a file, not a folder"):
        walk([str(tmp_path / "a.mp3")], on_skip=lambda *_: None)


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path / "a/1.mp3")
    touch(tmp_path / "locked/1.mp3")
    touch(tmp_path / "z/1.mp3")
    (tmp_path / "broken.mp3").symlink_to(tmp_path / "nowhere")
    real = os.scandir

    def guarded(path: str) -> object:  # root may read everything: permission bits alone would not do
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", guarded)
    skipped: dict[str, str] = {}
    found = [file.path for file in walk([str(tmp_path)], on_skip=skipped.__setitem__)]
    assert found == [str(tmp_path / "a/1.mp3"), str(tmp_path / "z/1.mp3")]
    assert skipped[str(tmp_path / "locked")] == "The folder may not be read: permission denied."
    assert skipped[str(tmp_path / "broken.mp3")] == "The link leads nowhere."


def test_pipes_and_folders_called_like_sound_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    touch(tmp_path / "live.mp3/a.wav")
    assert names(tmp_path) == ["live.mp3/a.wav"]
