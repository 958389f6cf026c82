"""The same facts come out of every way of tagging, and odd tags cost themselves alone."""

from collections.abc import Callable
from pathlib import Path

import mutagen
import numpy as np
import pytest
import sounds
from hypothesis import given
from hypothesis import strategies as st
from mutagen import apev2, asf, id3, mp4

from musicdesk.library.tags import read_tags, tags_from
from musicdesk.records import ReplayGain, Tags

Make = Callable[..., Path]

RECORDING = "8f3471b5-7e6a-48da-86a9-c1c07a0f47ae"
RELEASE = "f5093c06-23e3-404f-aeaa-40f72885ee3a"
ARTISTS = ("12345678-23e3-404f-aeaa-40f72885ee3a", "87654321-23e3-404f-aeaa-40f72885ee3a")

EXPECTED = Tags(
    title="Schöner Tag",
    artists=("Tyler, The Creator", "Ana"),
    album="Über alles",
    album_artists=("Various Artists",),
    genres=("Folk", "Jazz"),
    track_number=3,
    disc_number=2,
    year=1998,
    rating=0.8,
    replay_gain=ReplayGain(-6.5, 0.98, -7.25, 1.02),
    recording_mbid=RECORDING,
    release_mbid=RELEASE,
    artist_mbids=ARTISTS,
    comment="Geschenk von Ana",
)
GAINS = {
    "replaygain_track_gain": "-6.50 dB",
    "REPLAYGAIN_TRACK_PEAK": "0.980000",
    "replaygain_album_gain": "-7.25 dB",
    "replaygain_album_peak": "1.02",
}


def tag_vorbis(path: Path) -> None:
    file = mutagen.File(path)
    file.update({
        "TITLE": "Schöner Tag", "artist": ["Tyler, The Creator", "Ana"], "album": "Über alles",
        "albumartist": "Various Artists", "genre": ["Folk", "Jazz"], "tracknumber": "3/12", "discnumber": "2",
        "date": "1998-05-01", "FMPS_RATING": "0.8", "COMMENT": "Geschenk von\nAna", "musicbrainz_trackid": RECORDING,
        "musicbrainz_albumid": RELEASE, "musicbrainz_artistid": list(ARTISTS), **GAINS,
    })  # fmt: skip
    file.save()


def tag_id3(path: Path, version: int = 4) -> None:
    file = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    tags = file.tags
    for frame in (
        id3.TIT2(encoding=3, text="Schöner Tag"), id3.TPE1(encoding=3, text=["Tyler, The Creator", "Ana"]),
        id3.TALB(encoding=3, text="Über alles"), id3.TPE2(encoding=3, text="Various Artists"),
        id3.TCON(encoding=3, text=["(80)", "Jazz"]), id3.TRCK(encoding=3, text="03/12"), id3.TPOS(encoding=3, text="2"),
        id3.TDRC(encoding=3, text="1998-05-01"), id3.POPM(email="x", rating=196, count=3),
        id3.COMM(encoding=3, lang="eng", desc="iTunNORM", text=" 00000A1B 00000A1B"),
        id3.COMM(encoding=3, lang="deu", desc="", text="Geschenk von\nAna"),
        id3.UFID(owner="http://musicbrainz.org", data=RECORDING.encode()),
        id3.TXXX(encoding=3, desc="MusicBrainz Album Id", text=RELEASE),
        id3.TXXX(encoding=3, desc="MusicBrainz Artist Id", text=list(ARTISTS)),
        *(id3.TXXX(encoding=3, desc=name, text=value) for name, value in GAINS.items()),
    ):  # fmt: skip
        tags.add(frame)
    if version == 3:
        tags.update_to_v23()
    file.save(v2_version=version, **({"v23_sep": "; "} if version == 3 else {}))


def tag_mp4(path: Path) -> None:
    file = mp4.MP4(path)
    free = {
        "MusicBrainz Track Id": [RECORDING], "MusicBrainz Album Id": [RELEASE], "MusicBrainz Artist Id": ARTISTS,
        "FMPS_Rating": ["0.8"], **{name: [value] for name, value in GAINS.items()},
    }  # fmt: skip
    file.update({
        "©nam": "Schöner Tag", "©ART": ["Tyler, The Creator", "Ana"], "©alb": "Über alles", "aART": "Various Artists",
        "©gen": ["Folk", "Jazz"], "trkn": [(3, 12)], "disk": [(2, 2)], "©day": "1998", "©cmt": "Geschenk von\nAna",
        "cpil": True, "rtng": [1],
        **{f"----:com.apple.iTunes:{name}": [v.encode() for v in values] for name, values in free.items()},
    })  # fmt: skip
    file["covr"] = [mp4.MP4Cover(b"\x89PNG")]
    file.save()


def tag_asf(path: Path) -> None:
    file = asf.ASF(path)
    file.update({
        "Title": ["Schöner Tag"], "Author": ["Tyler, The Creator", "Ana"], "WM/AlbumTitle": ["Über alles"],
        "WM/AlbumArtist": ["Various Artists"], "WM/Genre": ["Folk", "Jazz"], "WM/TrackNumber": [3],
        "WM/PartOfSet": ["2"], "Description": ["Geschenk von\nAna"],
        "WM/Year": ["1998"], "WM/SharedUserRating": [75], "MusicBrainz/Track Id": [RECORDING],
        "MusicBrainz/Album Id": [RELEASE], "MusicBrainz/Artist Id": list(ARTISTS),
        **{name: [value] for name, value in GAINS.items()},
    })  # fmt: skip
    file.save()


def tag_ape(path: Path) -> None:
    tags = apev2.APEv2()
    values = {
        "Title": "Schöner Tag", "Artist": "Tyler, The Creator\0Ana", "Album": "Über alles",
        "Album Artist": "Various Artists", "Genre": "Folk\0Jazz", "Track": "3/12", "Disc": "2", "Year": "1998",
        "Comment": "Geschenk von\nAna", "Rating": "80",
        "MUSICBRAINZ_TRACKID": RECORDING, "MUSICBRAINZ_ALBUMID": RELEASE,
        "MUSICBRAINZ_ARTISTID": "\0".join(ARTISTS), **GAINS,
    }  # fmt: skip
    for name, value in values.items():
        tags[name] = value
    tags["Cover Art (Front)"] = apev2.APEValue(b"\x89PNG", apev2.BINARY)
    tags.save(path)


WRITERS: dict[str, tuple[Callable[[Path], None], str]] = {
    "mp3": (tag_id3, "mp3"),
    "wav": (tag_id3, "wav"),
    "aiff": (tag_id3, "aiff"),
    "tta": (tag_id3, "tta"),
    "flac": (tag_vorbis, "flac"),
    "ogg": (tag_vorbis, "vorbis"),
    "m4a": (tag_mp4, "aac"),
    "alac.m4a": (tag_mp4, "alac"),
    "wma": (tag_asf, "wma"),
    "wv": (tag_ape, "wavpack"),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_every_format_says_the_same(kind: str, make: Make) -> None:
    path = make(kind, length_s=2.0)
    write, codec = WRITERS[kind]
    write(path)
    tags, length_s, found = read_tags(str(path))
    assert tags == EXPECTED
    assert length_s == pytest.approx(2.0, abs=0.1)
    assert found == codec


def test_opus_gains_are_turned_into_replay_gain(make: Make) -> None:
    path = make("opus")
    file = mutagen.File(path)
    file["R128_TRACK_GAIN"], file["R128_ALBUM_GAIN"], file["title"] = "-1024", "0", "Opus"
    file.save()
    tags, _, codec = read_tags(str(path))
    assert (codec, tags.title) == ("opus", "Opus")
    assert tags.replay_gain == ReplayGain(track_db=1.0, album_db=5.0)


def test_id3_version_3_with_its_own_year_and_separator(make: Make) -> None:
    path = make("mp3")
    tag_id3(path, version=3)
    tags, _, _ = read_tags(str(path))
    assert tags.artists == EXPECTED.artists
    assert tags.year == 1998


def test_gains_of_mp3gain_in_an_ape_tag_are_seen_and_id3_wins_elsewhere(make: Make) -> None:
    path = make("mp3")
    ape = apev2.APEv2()
    ape["REPLAYGAIN_TRACK_GAIN"], ape["Title"] = "-3.10 dB", "of the APE tag"
    ape.save(path)
    file = mutagen.File(path)
    file.add_tags()
    file.tags.add(id3.TIT2(encoding=3, text="of the ID3 tag"))
    file.save()
    tags, _, _ = read_tags(str(path))
    assert (tags.title, tags.replay_gain.track_db) == ("of the ID3 tag", -3.1)


def test_what_players_keep_for_themselves_is_no_comment(make: Make) -> None:
    path = make("mp3")
    file = mutagen.File(path)
    file.add_tags()
    for name in ("iTunes_CDDB_1", "Songs-DB_Custom1", "MusicMatch_Mood"):
        file.tags.add(id3.COMM(encoding=3, lang="eng", desc=name, text="words of a player"))
    file.save()
    assert read_tags(str(path))[0].comment == ""
    file.tags.add(id3.COMM(encoding=3, lang="eng", desc="ID3v1 Comment", text="a gift"))
    file.save()
    assert read_tags(str(path))[0].comment == "a gift"


def test_a_volume_frame_is_a_gain(make: Make) -> None:
    path = make("mp3")
    file = mutagen.File(path)
    file.add_tags()
    file.tags.add(id3.RVA2(desc="track", channel=1, gain=-4.5, peak=0.9))
    file.save()
    gain = read_tags(str(path))[0].replay_gain
    assert (gain.track_db, gain.track_peak) == (-4.5, pytest.approx(0.9, abs=0.01))


def test_a_file_without_tags_says_nothing_but_its_length(make: Make) -> None:
    for kind in sounds.FORMATS:
        tags, length_s, codec = read_tags(str(make(kind, length_s=1.0)))
        assert tags == Tags(), kind
        assert length_s == pytest.approx(1.0, abs=0.15), kind
        assert codec


def test_files_that_are_no_sound_say_nothing(tmp_path: Path) -> None:
    nothing = (Tags(), 0.0, "")
    assert read_tags(str(sounds.text_called_mp3(tmp_path / "a.mp3"))) == nothing
    assert read_tags(str(sounds.empty(tmp_path / "b.flac"))) == nothing
    assert read_tags(str(sounds.random_bytes(tmp_path / "c.m4a"))) == nothing
    assert read_tags(str(tmp_path / "gone.ogg")) == nothing


@pytest.mark.parametrize("kind", ["mp3", "flac", "ogg", "m4a", "wma", "wav", "wv"])
def test_damaged_tags_never_raise(kind: str, make: Make) -> None:
    path = make(kind)
    WRITERS[kind][0](path)
    whole = path.read_bytes()
    head = min(3000, len(whole))
    for seed in range(40):
        data = bytearray(whole)
        for place in np.random.default_rng(seed).integers(0, head, 8):
            value = (0x00, 0xFF, 0x7F, 0x80)[place % 4]
            data[place] = value
            data[-1 - place % 800] = value
        path.write_bytes(data)
        read_tags(str(path))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"artists": ["A", "B"], "artist": ["A feat. B"]}, {"artists": ("A", "B")}),
        ({"artist": ["A; B", "a"]}, {"artists": ("A", "B")}),
        ({"artist": ["Earth, Wind & Fire"]}, {"artists": ("Earth, Wind & Fire",)}),
        ({"artist": ["AC;DC"]}, {"artists": ("AC;DC",)}),
        ({"genre": ["Rock; rock;Pop", "", " "]}, {"genres": ("Rock", "Pop")}),
        ({"title": ["", "\0 two\nlines \x07"]}, {"title": "two lines"}),
        ({"title": ["x" * 10_000]}, {"title": "x" * 500}),
        ({"comment": ["", "\0 two\nlines \x07"]}, {"comment": "two lines"}),
        ({"comment": ["x" * 10_000]}, {"comment": "x" * 1000}),
        ({"comment": ["00000A1B 00000A1B 0000C5F1"], "description": ["a gift"]}, {"comment": "a gift"}),
        ({"other comment": ["of ID3v1"], "comment": ["meant"]}, {"comment": "meant"}),
        ({"other comment": ["of ID3v1"]}, {"comment": "of ID3v1"}),
        ({"description": ["\ud800 half"]}, {"comment": "half"}),
        ({"tracknumber": ["0"]}, {"track_number": None}),
        ({"tracknumber": ["A1"]}, {"track_number": None}),
        ({"tracknumber": ["007"]}, {"track_number": 7}),
        ({"tracknumber": ["99999999999999999999"]}, {"track_number": None}),
        ({"date": ["0000"]}, {"year": None}),
        ({"date": ["01.05.1998"]}, {"year": 1998}),
        ({"date": ["19980501"]}, {"year": 1998}),
        ({"originaldate": ["1971"]}, {"year": 1971}),
        ({"rating": ["4"]}, {"rating": 0.8}),
        ({"rating": ["80"]}, {"rating": 0.8}),
        ({"rating": ["0.6"]}, {"rating": 0.6}),
        ({"rating": ["0"]}, {"rating": None}),
        ({"rating": ["good"]}, {"rating": None}),
        ({"rating": ["-1"]}, {"rating": None}),
        ({"rating of 5": ["3"]}, {"rating": 0.6}),
        ({"rating of 99": ["99"]}, {"rating": 1.0}),
        ({"rating of 99": ["1"]}, {"rating": 0.2}),
        ({"replaygain_track_gain": ["+3,5dB"]}, {"replay_gain": ReplayGain(track_db=3.5)}),
        ({"replaygain_track_gain": ["nan"]}, {"replay_gain": ReplayGain()}),
        ({"replaygain_track_gain": ["1e400"]}, {"replay_gain": ReplayGain()}),
        ({"replaygain_track_gain": ["-99 dB"], "replaygain_track_peak": ["0"]}, {"replay_gain": ReplayGain()}),
        ({"r128_track_gain": ["256"]}, {"replay_gain": ReplayGain()}),
        ({"musicbrainz_trackid": ["not an id"]}, {"recording_mbid": ""}),
        ({"musicbrainz_trackid": [RECORDING.upper()]}, {"recording_mbid": RECORDING}),
    ],
)
def test_one_field(fields: dict[str, list[str]], expected: dict[str, object]) -> None:
    tags = tags_from(fields)
    assert {name: getattr(tags, name) for name in expected} == expected


NAMES = ("title", "comment", "other comment", "artist", "genre", "tracknumber", "date", "rating",
         "fmps_rating", "rating of 5", "rating of 99",
         "replaygain_track_gain", "r128_track_gain", "replaygain_album_peak", "musicbrainz_trackid")  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.text(max_size=20), max_size=3)), st.booleans())
def test_any_text_makes_a_record_that_can_be_shown(fields: dict[str, list[str]], opus: bool) -> None:
    tags = tags_from(fields, opus=opus)
    "".join((tags.title, *tags.artists, *tags.genres)).encode()
    assert tags.rating is None or 0 <= tags.rating <= 1


@pytest.mark.parametrize("lie", ["10", "-1", "inf", "nan"])
def test_a_rating_off_its_scale_is_no_rating(lie: str) -> None:
    assert tags_from({"rating of 5": [lie]}, opus=False).rating is None
