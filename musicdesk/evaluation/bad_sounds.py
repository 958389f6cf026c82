"""A catalogue of sound files that are wrong: headers, numbers, tags, lies, bombs and loops. One line a fault."""

import base64
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mutagen
import numpy as np
from mutagen.flac import Picture

from musicdesk.evaluation import damage
from musicdesk.evaluation.recipes import DAMAGED, FAILED, HEARD, OK, PARTIAL, SILENT, Recipe, given, holding, put
from musicdesk.evaluation.sound_files import FORMATS, Sounds, encoded
from musicdesk.records import FloatArray


def oddities(cover_mb: int) -> Iterator[Recipe]:
    """All of them; pictures in tags are of ``cover_mb``."""
    yield from _headers()
    yield from _numbers()
    yield from _tags(cover_mb)
    yield from _lies()
    yield from _hostile()


# ---------------------------------------------------------------------------------------------- headers and numbers


def _headers() -> Iterator[Recipe]:
    for ending in ("mp3", "flac", "wav", "m4a", "ogg", "opus", "wma", "ape", "mpc"):
        yield holding("zero bytes", ending, FAILED, lambda _: b"")
    for ending in ("wav", "aiff", "flac"):
        yield holding("no samples", ending, FAILED, given(lambda _, e: encoded(np.zeros((0, 1), np.float32), e,
                                                                               rate_hz=44_100), ending))  # fmt: skip
    for ending in ("wav", "flac", "ogg"):
        yield holding("one sample", ending, DAMAGED, given(lambda s, e: s.file(e, length_s=1e-5), ending))
        yield holding("ten milliseconds", ending, DAMAGED, given(lambda s, e: s.file(e, length_s=0.01), ending))
        yield holding("8 channels", ending, OK, given(lambda s, e: s.file(e, channels=8), ending))
    for rate_hz, expect in ((1, FAILED), (100, FAILED), (768_000, OK), (8_000_000, FAILED), (2**32 - 1, FAILED)):
        yield holding(
            f"wav of {rate_hz} Hz", "wav", expect, given(lambda s, r: damage.wav(_pcm(s), rate_hz=r), rate_hz)
        )
    yield holding("flac of 1 Hz", "flac", FAILED, lambda _: damage.constant_flac(18, rate_hz=1))
    yield holding("flac of 655,350 Hz", "flac", OK, lambda s: s.file("flac", length_s=4, rate_hz=655_350))
    for channels in (0, 33, 500, 65_535):
        yield holding(
            f"wav of {channels} channels", "wav", FAILED, given(lambda s, c: damage.wav(_pcm(s), channels=c), channels)
        )
    for bits, align in ((0, 0), (1, 0), (16, 0), (16, 7), (64, 8), (16, 65_535), (65_535, 2)):
        kind = f"wav of {bits} bits in {align} bytes"
        yield holding(kind, "wav", DAMAGED, given(lambda s, b, a: damage.wav(_pcm(s), bits=b, align=a), bits, align))
    for form in (0, 2, 17, 85, 0x160, 0xFFFE, 0xFFFF):
        yield holding(f"wav of form {form:#x}", "wav", DAMAGED, given(lambda s, f: damage.wav(_pcm(s), form=f), form))


def _numbers() -> Iterator[Recipe]:
    for value, text in ((np.nan, "nan"), (np.inf, "inf"), (-np.inf, "-inf"), (1e30, "1e30")):
        yield holding(f"floats, all {text}", "wav", FAILED, given(lambda s, v: _floats(s, v, every=1), value))
        yield holding(f"floats, some {text}", "wav", HEARD, given(lambda s, v: _floats(s, v, every=20_000), value))
        yield holding(
            f"floats, a tenth {text}", "aiff", DAMAGED, given(lambda s, v: _floats(s, v, every=10, aiff=True), value)
        )
    yield holding("doubles, half of them nan", "wav", DAMAGED, lambda s: _floats(s, np.nan, every=2, subtype="DOUBLE"))
    yield holding("denormal floats", "wav", SILENT, lambda s: _as_wav(s.samples() * np.float32(1e-41)))
    yield holding("a constant", "wav", DAMAGED, lambda _: _as_wav(np.full((200_000, 1), 0.5, np.float32)))
    for ending in ("wav", "flac", "mp3", "ogg", "m4a"):
        yield holding("silence", ending, SILENT, given(_silence, ending))


def _silence(sounds: Sounds, ending: str) -> bytes:
    """Digital silence of a length of its own, so that no two files are one sound."""
    count = 200_000 + 4096 * int(sounds.rng.integers(100))
    return encoded(np.zeros((count, 1), np.float32), ending, rate_hz=44_100)


def _pcm(sounds: Sounds) -> bytes:
    return (sounds.samples()[:, 0] * 32_767).astype("<i2").tobytes()


def _floats(
    sounds: Sounds, value: float, *, every: int, aiff: bool = False, subtype: str = "FLOAT"
) -> bytes:  # fmt: skip
    samples = sounds.samples()
    samples[sounds.made % every :: every] = value
    return encoded(samples, "aiff" if aiff else "wav", rate_hz=44_100, subtype=subtype)


def _as_wav(samples: FloatArray) -> bytes:
    return encoded(samples, "wav", rate_hz=44_100, subtype="FLOAT")


# ---------------------------------------------------------------------------------------------- tags


def _tags(cover_mb: int) -> Iterator[Recipe]:
    big = cover_mb << 20
    mp3 = _before_mp3
    yield mp3("cover art of 50 MB", OK, lambda s: damage.id3(damage.picture(big, rng=s.rng)))
    yield Recipe("cover art of 50 MB", ".m4a", OK, lambda path, s: _cover_mp4(path, s, big))
    yield holding("cover art of 50 MB", "ogg", OK, lambda s: _cover_ogg(s, big))
    yield Recipe("pictures of 48 MB", ".flac", OK, lambda path, s: _cover_flac(path, s, big // 3))
    yield mp3("a comment of 20 MB", OK, lambda _: damage.id3(damage.id3_frame(b"COMM", b"\0eng\0" + b"x" * (big // 3))))
    yield mp3("20,000 frames", OK, lambda _: damage.id3(*(
        damage.id3_frame(b"TXXX", b"\3key %d\0value" % k) for k in range(20_000))))  # fmt: skip
    yield mp3("a tag that unpacks to 1 GB", OK, lambda _: damage.id3_bomb(1 << 30))
    yield mp3("a tag that claims 256 MB", FAILED, lambda _: damage.id3(size=2**28 - 1))
    yield mp3("a frame that claims 256 MB", OK, lambda _: damage.id3(damage.id3_frame(b"TIT2", b"\3a", size=2**28 - 1)))
    yield mp3("100,000 empty tags", OK, lambda _: damage.id3() * 100_000)
    yield mp3(
        "broken text", OK, lambda s: damage.id3(damage.id3_frame(b"TIT2", b"\1\xff\xfe\x00\xd8" + s.rng.bytes(99)))
    )
    yield mp3(
        "an odd rating", OK, lambda _: damage.id3(damage.id3_frame(b"POPM", b"a"), damage.id3_frame(b"RVA2", b"x\0"))
    )
    yield holding("an APE tag that claims 4 GB", "mp3", HEARD, lambda s: s.file("mp3") + struct.pack(
        "<8sIIII8x", b"APETAGEX", 2000, 2**32 - 1, 2**32 - 1, 0))  # fmt: skip
    yield holding("10,000 tags at the end", "mp3", HEARD, lambda s: s.file("mp3") + (b"TAG" + bytes(125)) * 10_000)
    yield Recipe("50,000 comments", ".flac", OK, _many_comments)
    yield holding(
        "a title of 5 MB", "ogg", OK, lambda s: damage.with_comment(s.file("ogg"), b"TITLE=" + b"long " * 2**20)
    )


def _before_mp3(kind: str, expect: frozenset[str], tag: Callable[[Sounds], bytes]) -> Recipe:
    return holding(kind, "mp3", expect, lambda s: tag(s) + s.file("mp3"))


def _cover_mp4(path: Path, sounds: Sounds, size: int) -> None:
    put(path, sounds.file("m4a"))
    file: Any = mutagen.File(path)
    file["covr"] = [sounds.rng.bytes(size)]
    file.save()


def _cover_flac(path: Path, sounds: Sounds, size: int) -> None:
    put(path, sounds.file("flac"))
    file: Any = mutagen.File(path)
    new: Any = Picture
    for _ in range(3):
        picture = new()
        picture.data, picture.mime = sounds.rng.bytes(min(size, (1 << 24) - 100)), "image/png"
        file.add_picture(picture)
    file.save()


def _cover_ogg(sounds: Sounds, size: int) -> bytes:
    picture = base64.b64encode(sounds.rng.bytes(3 * size // 4))
    return damage.with_comment(sounds.file("ogg"), b"METADATA_BLOCK_PICTURE=" + picture)


def _many_comments(path: Path, sounds: Sounds) -> None:
    put(path, sounds.file("flac"))
    file: Any = mutagen.File(path)
    file["artist"] = [f"Number {number}" for number in range(50_000)]
    file.save()


# ---------------------------------------------------------------------------------------------- headers that lie


def _lies() -> Iterator[Recipe]:
    for frames, expect in ((0, HEARD), (1, HEARD), (5_000, PARTIAL), (2**24, PARTIAL), (2**32 - 1, DAMAGED)):
        for kind, write in (("Xing", damage.with_table), ("VBRI", damage.with_vbri)):
            told = f"mp3 whose {kind} table says {frames:,} frames"
            yield holding(told, "mp3", expect, given(lambda s, w, f: w(s.file("mp3"), f), write, frames))
    yield holding("mp3 without a table, cut off within a frame", "mp3", PARTIAL,
                 lambda s: damage.begun(damage.without_table(s.file("mp3")), 0.5)[:-100])  # fmt: skip
    yield holding("mp3 after 100 kB of noise", "mp3", DAMAGED, lambda s: s.rng.bytes(100_000) + s.file("mp3"))
    for ending in FORMATS:
        yield holding("a hole of zeros", ending, DAMAGED, given(lambda s, e: damage.hole(s.file(e), 0.4, 0.6), ending))
        yield holding("two files in one", ending, DAMAGED, given(lambda s, e: s.file(e) + s.file(e), ending))
    for name, offset, new, expect in (
        (b"mvhd", 20, struct.pack(">I", 2**31), DAMAGED), (b"mvhd", 16, struct.pack(">I", 0), DAMAGED),
        (b"mdhd", 20, struct.pack(">I", 2**31), DAMAGED), (b"mdhd", 16, struct.pack(">I", 0), DAMAGED),
        (b"mdhd", 16, struct.pack(">I", 1), DAMAGED), (b"stsz", 12, struct.pack(">I", 2**32 - 1), DAMAGED),
        (b"stsz", 8, struct.pack(">I", 2**31), DAMAGED), (b"stco", 8, struct.pack(">I", 2**32 - 1), DAMAGED),
        (b"stco", 12, struct.pack(">I", 2**32 - 2), DAMAGED), (b"stts", 8, struct.pack(">I", 2**32 - 1), DAMAGED),
        (b"stts", 16, struct.pack(">I", 2**31 - 1), DAMAGED), (b"stsc", 8, struct.pack(">I", 2**32 - 1), DAMAGED),
        (b"mdat", -4, struct.pack(">I", 0), DAMAGED), (b"mdat", -4, struct.pack(">I", 4), DAMAGED),
        (b"mdat", -4, struct.pack(">I", 2**32 - 1), DAMAGED), (b"moov", -4, struct.pack(">I", 2**31), DAMAGED),
        (b"moov", -4, struct.pack(">I", 0), DAMAGED), (b"mp4a", 24, struct.pack(">I", 0), DAMAGED),
        (b"mp4a", 16, struct.pack(">H", 0), DAMAGED), (b"esds", 8, b"\xff" * 20, DAMAGED),
    ):  # fmt: skip
        told = f"m4a whose {name.decode()} lies at {offset}: {new.hex()}"
        yield holding(
            told, "m4a", expect, given(lambda s, n, o, b: damage.patched(s.file("m4a"), n, o, b), name, offset, new)
        )
    for size in (0, 1, 2**31, 2**32 - 1):
        yield holding(
            f"wav that declares {size:,} bytes", "wav", DAMAGED, given(lambda s, n: damage.wav(_pcm(s), size=n), size)
        )
    for granule in (0, -1, 2**40, 2**62):
        for ending in ("ogg", "opus"):
            told = f"{ending} whose last page says {granule:,}"
            yield holding(
                told, ending, DAMAGED, given(lambda s, e, g: damage.relabelled(s.file(e), g), ending, granule)
            )
    for total in (0, 1, 2**36 - 1):
        told = f"flac that declares {total:,} samples"
        yield holding(told, "flac", DAMAGED, given(lambda s, t: _flac_of(s.file("flac"), t), total))


def _flac_of(data: bytes, total: int) -> bytes:
    """A FLAC whose STREAMINFO declares this number of samples."""
    return data[:21] + bytes([data[21] & 0xF0 | total >> 32]) + struct.pack(">I", total & 0xFFFFFFFF) + data[26:]


# ---------------------------------------------------------------------------------------------- bombs and loops


def _hostile() -> Iterator[Recipe]:
    bomb = damage.constant_flac
    yield holding("flac bomb: 10 hours of silence", "flac", SILENT, lambda _: bomb(10))
    yield holding(
        "flac bomb: 40 hours, 8 channels", "flac", DAMAGED, lambda _: bomb(40, channels=8, levels=(9000, -9000))
    )
    yield holding(
        "flac bomb: 3 hours at 655,350 Hz", "flac", DAMAGED, lambda _: bomb(3, rate_hz=655_350, levels=(1, 9999))
    )
    yield holding("flac bomb: two weeks", "flac", FAILED, lambda _: bomb(14 * 24, rate_hz=4_000))
    yield holding("opus bomb: 3 hours of nothing", "opus", SILENT, lambda _: damage.silent_opus(3))
    for name in (b"moov", b"udta", b"meta"):
        told = f"20,000 {name.decode()} boxes in each other"
        yield holding(told, "m4a", FAILED, given(lambda _, n: damage.nested_boxes(20_000, name=n), name))
    yield holding(
        "a million empty boxes", "m4a", FAILED, lambda _: damage.nested_boxes(0) + b"\0\0\0\x08free" * 1_000_000
    )
    yield holding(
        "a million empty chunks", "wav", FAILED, lambda _: b"RIFF\xff\xff\xff\x7fWAVE" + b"junk\0\0\0\0" * 1_000_000
    )
    yield holding("a million empty blocks", "flac", FAILED, lambda _: b"fLaC" + b"\x01\0\0\0" * 1_000_000)
    yield holding("a million empty pages", "ogg", FAILED, lambda _: damage.ogg_page([], granule=0, number=0) * 300_000)
    for ending, head in (("mp3", b"\xff\xfb\x90\x64"), ("wav", b"RIFF\0\0\0\0WAVE"), ("flac", b"fLaC\x01\0\0\0"),
                         ("m4a", b"\0\0\0\x08ftyp"), ("ogg", b"OggS"), ("wma", bytes.fromhex("3026b2758e66cf11a6d9")),
                         ("ape", b"MAC "), ("wv", b"wvpk"), ("aac", b"\xff\xf1\x50\x80")):  # fmt: skip
        yield Recipe("a gigabyte of nothing", f".{ending}", DAMAGED, _gigabyte(head))
    yield holding("sync words only", "mp3", FAILED, lambda _: b"\xff\xfb" * 200_000)
    yield holding("frames of nothing", "mp3", DAMAGED, lambda _: (b"\xff\xfb\x90\x64" + bytes(413)) * 400)
    yield holding("zeros", "mp3", FAILED, lambda _: bytes(300_000))
    for ending in ("mp3", "wav", "flac", "m4a", "ogg", "wma", "ape", "mpc", "wv", "aac"):
        yield holding("random bytes", ending, FAILED, lambda s: s.rng.bytes(200_000))


def _gigabyte(head: bytes) -> Callable[[Path, Sounds], None]:
    """Makes a file that claims a gigabyte after its first bytes and takes no room."""

    def sparse(path: Path, _: Sounds) -> None:
        with path.open("wb") as file:
            file.write(head)
            file.truncate(1 << 30)

    return sparse
