"""A tag that unpacks to a gigabyte costs itself, not the memory and not the sound behind it."""

import struct
import zlib
from pathlib import Path

import pytest
import sounds

from musicdesk.evaluation import damage
from musicdesk.library import squeezed
from musicdesk.library.identity import audio_hash
from musicdesk.library.payload import is_endless
from musicdesk.library.scan import scan_file
from musicdesk.library.tags import read_tags
from musicdesk.records import FoundFile, Tags


def tagged(folder: Path, tag: bytes) -> Path:
    path = sounds.tone(folder / "a.mp3", length_s=2)
    path.write_bytes(tag + path.read_bytes())
    return path


def v23_frame(name: bytes, text: bytes) -> bytes:
    """A compressed frame as ID3v2.3 writes it: its unpacked size, then the zlib stream."""
    body = struct.pack(">I", len(text)) + zlib.compress(text, 9)
    frame = name + struct.pack(">IH", len(body), 0x0080) + body
    return b"ID3\x03\x00\x00" + damage.synchsafe(len(frame)) + frame


@pytest.mark.parametrize("tag", [damage.id3_bomb(64 << 20), v23_frame(b"TIT2", b"\0" + b"A" * (20 << 20))])
def test_a_tag_that_unpacks_without_end_costs_itself_alone(tag: bytes, tmp_path: Path) -> None:
    path = tagged(tmp_path, tag)
    assert squeezed.unpacks_too_much(str(path))
    facts = path.stat()
    scanned = scan_file(FoundFile(str(path), facts.st_size, facts.st_mtime_ns))
    assert (scanned.problem, scanned.tags.title, scanned.codec) == ("", "", "mp3")
    assert scanned.length_s == pytest.approx(2, abs=0.1)


def test_a_compressed_frame_of_a_sane_size_is_read(tmp_path: Path) -> None:
    path = tagged(tmp_path, v23_frame(b"TIT2", b"\0" + b"Lamplight " * 30))
    assert not squeezed.unpacks_too_much(str(path))
    assert read_tags(str(path))[0].title.startswith("Lamplight Lamplight")


def test_large_frames_that_are_not_compressed_are_no_bomb(tmp_path: Path) -> None:
    cover = damage.id3_frame(b"APIC", b"\0image/png\0\3\0" + bytes(20 << 20))
    path = tagged(tmp_path, damage.id3(cover, damage.id3_frame(b"TIT2", b"\3Lamplight")))
    assert not squeezed.unpacks_too_much(str(path))
    assert read_tags(str(path))[0].title == "Lamplight"


@pytest.mark.parametrize(
    "start", [b"", b"ID3", b"ID3\4\0\0\0\0\0", b"ID3\4\0\x40\0\0\0\x7f", b"ID3\4\0\0\x7f\x7f\x7f\x7fTIT2"]
)
def test_broken_tags_are_no_bomb(start: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(start)
    assert not squeezed.unpacks_too_much(str(tmp_path / "a.mp3"))
    assert not squeezed.unpacks_too_much(str(tmp_path / "nowhere.mp3"))


@pytest.mark.parametrize(
    ("ending", "start"), [("wav", b"RIFF\0\0\0\0WAVE"), ("aiff", b"FORM\0\0\0\0AIFF"), ("flac", b"fLaC\1\0\0\0")]
)
def test_a_gigabyte_of_empty_parts_is_not_walked_through(ending: str, start: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"a.{ending}"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(1 << 30)
    assert read_tags(str(path)) == (Tags(), 0.0, "")
    assert audio_hash(str(path))


@pytest.mark.parametrize(
    "content",
    [damage.nested_boxes(0) + b"\0\0\0\x08free" * 200_000, b"RIFF\xff\xff\xff\x7fWAVE" + b"junk\0\0\0\0" * 200_000],
)
def test_hundreds_of_thousands_of_parts_are_not_read(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.m4a").write_bytes(content)
    with open(tmp_path / "a.m4a", "rb") as file:
        assert is_endless(file)
    assert read_tags(str(tmp_path / "a.m4a")) == (Tags(), 0.0, "")


@pytest.mark.parametrize("ending", sounds.FORMATS)
def test_a_real_file_has_an_end(ending: str, tmp_path: Path) -> None:
    with open(sounds.tone(tmp_path / f"a.{ending}"), "rb") as file:
        assert not is_endless(file)
