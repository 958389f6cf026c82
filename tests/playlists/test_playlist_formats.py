"""The contract of every format, and what each of them alone promises."""

import json
import os
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from playlists.samples import MBID, ODD_NAMES, entry, evening

from musicdesk.errors import UnreadablePlaylist
from musicdesk.playlists.base import Format
from musicdesk.playlists.jspf import JSPF
from musicdesk.playlists.m3u import M3U, M3U8
from musicdesk.playlists.pls import PLS
from musicdesk.playlists.xspf import XSPF
from musicdesk.records import Playlist, PlaylistEntry

names = st.text(st.characters(exclude_characters="/\0", exclude_categories=("Cs",)), min_size=1, max_size=12).filter(
    lambda name: name not in (".", "..")
)
raw_names = st.binary(min_size=1, max_size=8).filter(lambda raw: not {0, 47} & {*raw} and raw not in (b".", b".."))
words = st.text(
    st.characters(min_codepoint=33, exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn", "Co")), max_size=9
)
entries = st.builds(
    PlaylistEntry,
    path=st.lists(names | raw_names.map(os.fsdecode), min_size=1, max_size=3).map(
        lambda parts: "/" + "/".join(parts) + ".flac"
    ),
    title=words,
    artist=words,
    album=words,
    length_s=st.none() | st.integers(1, 10_000).map(float),
    recording_mbid=st.just("") | st.uuids().map(str),
    track_number=st.none() | st.integers(1, 999),
)


def kept(playlist, format_):
    """What ``format_`` promises to keep of ``playlist``."""

    def cut(record):
        return {name: getattr(record, name) for name in record.__dataclass_fields__ if name in format_.keeps}

    return {**cut(playlist), "entries": [cut(one) for one in playlist.entries]}


class FormatContract:
    """What all formats keep to; subclassed for each."""

    format: Format
    odd_names = ODD_NAMES

    def back(self, playlist, folder="/lists"):
        return self.format.read(self.format.write(playlist, folder), folder or "/lists")

    def test_every_field_it_keeps_survives(self):
        playlist = evening()
        assert kept(self.back(playlist), self.format) == kept(playlist, self.format)

    def test_it_keeps_at_least_order_paths_titles_and_lengths(self):
        assert self.format.keeps >= {"name", "entries", "path", "title", "artist", "length_s"}

    @pytest.mark.parametrize("folder", ["/m/list", "/m", "/elsewhere", None])
    def test_odd_names_survive_relative_and_absolute(self, folder):
        paths = [f"/m/{name}" for name in self.odd_names]
        assert [one.path for one in self.back(evening(*map(entry, paths)), folder).entries] == paths

    def test_an_empty_playlist_survives(self):
        assert self.back(Playlist("nothing")) == Playlist("nothing")

    def test_urls_are_kept_as_they_are(self):
        url = "https://radio.example/stream.m3u8?a=1&b=%20c#d"
        assert self.back(evening(entry(url))).entries[0].path == url
        assert self.back(evening(entry(url)), None).entries[0].path == url

    def test_titles_with_line_breaks_and_odd_characters_stay_one_clean_line(self):
        odd = entry(title="two\r\nlines \x00\x1b[31m \u2028 \ud83d", artist="A\tB", album="]]>\x0b")
        back = self.back(evening(odd, entry("/m/b.flac")))
        assert [one.path for one in back.entries] == ["/m/a.flac", "/m/b.flac"]
        assert back.entries[0].title == "two lines [31m \ufffd"
        assert back.entries[0].artist == "A B"

    def test_relative_paths_are_relative_to_the_folder_of_the_playlist(self):
        playlist = evening(entry("/m/sub/a.flac"), entry("/n/b.flac"))
        data = self.format.write(playlist, "/m")
        assert b"/m/sub" not in data
        assert [one.path for one in self.format.read(data, "/moved").entries] == ["/moved/sub/a.flac", "/n/b.flac"]

    def test_absolute_paths_do_not_depend_on_the_folder(self):
        data = self.format.write(evening(entry("/m/sub/a.flac")), None)
        assert self.format.read(data, "/moved").entries[0].path == "/m/sub/a.flac"

    def test_links_are_not_resolved(self, tmp_path):
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to("real")
        (tmp_path / "real" / "a.flac").touch()
        (tmp_path / "b.flac").touch()
        inside, outside = f"{tmp_path}/link/a.flac", f"{tmp_path}/b.flac"
        data = self.format.write(evening(entry(inside), entry(outside)), f"{tmp_path}/link")
        assert os.fsencode(inside) not in data
        assert os.fsencode(outside) in data  # "../b.flac" would be right by luck only
        assert [one.path for one in self.format.read(data, f"{tmp_path}/link").entries] == [inside, outside]

    def test_windows_line_ends_and_marks_are_read(self):
        data = self.format.write(evening(entry("/m/a.flac")), "/m").replace(b"\n", b"\r\n")
        for mark in (b"", b"\xef\xbb\xbf"):
            back = self.format.read(mark + data, "/m")
            assert (back.name, back.entries[0].path) == ("An evening, quiet", "/m/a.flac")

    def test_a_name_in_the_other_normal_form_is_found_on_the_disk(self, tmp_path):
        path = f"{tmp_path}/Beyonc\u00e9.flac"
        data = self.format.write(evening(entry(path)), str(tmp_path))
        os.mkdir(f"{tmp_path}/x")
        other = f"{tmp_path}/Beyonce\u0301.flac"
        open(other, "w").close()
        assert self.format.read(data, str(tmp_path)).entries[0].path == other
        open(path, "w").close()
        assert self.format.read(data, str(tmp_path)).entries[0].path == path


FORMATS = pytest.mark.parametrize("format_", [M3U8, M3U, PLS, XSPF, JSPF], ids=lambda format_: format_.title)


@FORMATS
@given(st.lists(entries, max_size=4), st.sampled_from(["/lists", "/", "/a/b", None]))
@example([PlaylistEntry("/0\x85.flac", title="a - b")], "/lists")
@example([PlaylistEntry("/a.flac", artist="a - b", title="c")], "/lists")
@settings(max_examples=60, deadline=None)
def test_any_playlist_survives(format_, some, folder):
    playlist = Playlist("n", tuple(promised(one, format_) for one in some))
    back = format_.read(format_.write(playlist, folder), folder or "/lists")
    assert kept(back, format_) == kept(playlist, format_)


def promised(one, format_):
    """``one`` without what a format is known not to tell."""
    if format_ is M3U:  # bytes that are no UTF-8 and name no file are taken for the old encoding
        return replace(one, path=one.path.encode(errors="replace").decode())
    if format_ is PLS:  # one field shows artist and title
        return replace(one, artist=one.artist.replace(" - ", "–"), title=one.title.replace(" - ", "–") or "t")
    return one


@FORMATS
@given(st.booleans(), st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_a_playlist_or_a_sentence(format_, headed, data):
    sentence_or_playlist(format_, (format_.write(evening(), "/m")[:90] if headed else b"") + data)


@FORMATS
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_playlist_is_a_playlist_or_a_sentence(format_, data):
    whole = bytearray(format_.write(evening(entry(), entry("/m/é.flac")), "/m"))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    sentence_or_playlist(format_, bytes(whole))


def sentence_or_playlist(format_, data):
    try:
        playlist = format_.read(data, "/m")
    except UnreadablePlaylist as error:
        said = str(error)
    else:
        said = "."
        format_.write(playlist, "/m")
    assert said.endswith(".")


class TestM3u8(FormatContract):
    format = M3U8

    def test_it_is_written_as_other_programs_expect(self):
        second = PlaylistEntry("/n/b - c.flac")
        data = self.format.write(evening(entry("/m/sub/a.flac", recording_mbid="", track_number=None), second), "/m")
        assert data.decode() == (
            "#EXTM3U\n#PLAYLIST:An evening, quiet\n#MUSICDESK:quiet piano 1.4\n#MUSICDESK:seed: Jóga\n"
            "#EXTINF:305,Björk; Mark Bell - Jóga\n#EXTALB:Homogenic\nsub/a.flac\n"
            '#EXTINF:-1,b - c\n#MUSICDESK-TRACK:{"title": "", "artist": ""}\n../n/b - c.flac\n'
        )

    def test_a_path_that_is_no_utf8_is_written_as_its_bytes(self):
        assert b"\ncaf\xe9.flac\n" in self.format.write(evening(entry(os.fsdecode(b"/m/caf\xe9.flac"))), "/m")

    def test_a_line_of_another_encoding_does_not_harm_the_others(self):
        back = self.format.read("#EXTINF:3,Jóga\ná.flac\n".encode() + b"#EXTINF:3,J\xf3ga\n\xe9.flac\n", "/m")
        assert [one.title for one in back.entries] == ["Jóga", "Jóga"]
        assert [one.path for one in back.entries] == ["/m/á.flac", os.fsdecode(b"/m/\xe9.flac")]

    def test_what_other_programs_write_is_understood(self):
        data = (
            b"\xef\xbb\xbf#EXTM3U x-tvg-url=\"a\"\r\n\r\n# a comment\r\n#EXTINF:123 id=\"x\",Artist - Title - Live\r\n"
            b"file:///m/a%20b.flac\r\n  #EXTVLCOPT:start-time=3\r\n/m/no info.flac\r\n#EXTINF:-1,Only title\r\n"
            b"file://localhost/m/c.flac\r\n#EXTINF:nonsense\r\nD:\\Music\\d.mp3\r\n"
        )  # fmt: skip
        back = self.format.read(data, "/lists").entries
        assert [one.path for one in back] == ["/m/a b.flac", "/m/no info.flac", "/m/c.flac", "D:\\Music\\d.mp3"]
        assert (back[0].artist, back[0].title, back[0].length_s) == ("Artist", "Title - Live", 123.0)
        assert (back[2].artist, back[2].title, back[2].length_s) == ("", "Only title", None)

    def test_backslashes_of_windows_are_understood_where_the_file_is_there(self, tmp_path):
        (tmp_path / "Music").mkdir()
        (tmp_path / "Music" / "a.mp3").touch()
        back = self.format.read(b"Music\\a.mp3\nMusic\\b.mp3\n", str(tmp_path)).entries
        assert [one.path for one in back] == [f"{tmp_path}/Music/a.mp3", f"{tmp_path}/Music\\b.mp3"]

    def test_unicode_of_windows_is_read(self):
        back = self.format.read("#EXTM3U\r\n/m/é.mp3\r\n".encode("utf-16"), "/m")
        assert back.entries[0].path == "/m/é.mp3"

    def test_a_stream_description_is_refused(self):
        with pytest.raises(UnreadablePlaylist, match="HLS"):
            self.format.read(b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\na.ts\n", "/m")

    def test_sound_called_a_playlist_is_refused(self):
        with pytest.raises(UnreadablePlaylist, match="no text"):
            self.format.read(b"fLaC\0\0\0\x22" + bytes(50), "/m")

    def test_what_our_comment_says_wrongly_is_left_out(self):
        said = [b"{", b"[1]", b'"x"', b'{"title": 3, "track_number": true, "path": "/etc/passwd"}', b"[" * 100_000]
        for text in said:
            back = self.format.read(b"#EXTINF:3,A - B\n#MUSICDESK-TRACK:" + text + b"\na.flac\n", "/m").entries[0]
            assert (back.path, back.title, back.artist, back.track_number) == ("/m/a.flac", "B", "A", None)


class TestM3u(FormatContract):
    format = M3U

    odd_names = tuple(name for name in ODD_NAMES if "\udce9" not in name)

    def test_the_old_encoding_is_read(self):
        back = self.format.read(b"#EXTINF:3,Bj\xf6rk - J\xf3ga\nBj\xf6rk\\J\xf3ga \x96 live.mp3\n", "/m").entries[0]
        assert (back.artist, back.title) == ("Björk", "Jóga")
        assert back.path == "/m/Björk\\Jóga – live.mp3"

    def test_bytes_that_name_a_file_are_that_file(self, tmp_path):
        path = os.fsencode(tmp_path) + b"/caf\xe9.mp3"
        open(path, "w").close()
        assert self.format.read(b"caf\xe9.mp3\n", str(tmp_path)).entries[0].path == os.fsdecode(path)


class TestPls(FormatContract):
    format = PLS

    def test_it_is_written_as_other_programs_expect(self):
        data = self.format.write(evening(entry("/m/sub/a.flac")), "/m").decode()
        assert data == (
            "[playlist]\nX-GNOME-Title=An evening, quiet\n"
            "File1=sub/a.flac\nTitle1=Björk; Mark Bell - Jóga\nLength1=305\nNumberOfEntries=1\nVersion=2\n"
        )

    def test_any_order_case_and_gaps_are_read(self):
        data = b"[Playlist]\nnumberofentries=7\nTITLE10=Ten\nfile10 = b.mp3\nFile2=a.mp3\nLength2=-1\nTitle3=No file\n"
        back = self.format.read(data, "/m").entries
        assert [(one.path, one.title, one.length_s) for one in back] == [
            ("/m/a.mp3", "", None), ("/m/b.mp3", "Ten", None),
        ]  # fmt: skip

    def test_a_file_without_its_heading_is_refused(self):
        with pytest.raises(UnreadablePlaylist, match="PLS"):
            self.format.read(b"File1=a.mp3\n", "/m")


class TestXspf(FormatContract):
    format = XSPF

    def test_it_is_written_as_the_specification_says(self):
        root = ET.fromstring(self.format.write(evening(entry("/m/a b#é.flac")), "/m"))
        track = root.find("{*}trackList/{*}track")
        assert root.tag == "{http://xspf.org/ns/0/}playlist"
        assert root.get("version") == "1"
        said = [(part.tag.partition("}")[2], part.text) for part in track]
        assert said == [
            ("location", "a%20b%23%C3%A9.flac"), ("identifier", f"https://musicbrainz.org/recording/{MBID}"),
            ("title", "Jóga"), ("creator", "Björk; Mark Bell"), ("album", "Homogenic"), ("trackNum", "2"),
            ("duration", "305000"),
        ]  # fmt: skip
        absolute = ET.fromstring(self.format.write(evening(entry("/m/a b.flac")), None))
        assert absolute.find("{*}trackList/{*}track/{*}location").text == "file:///m/a%20b.flac"

    def test_what_other_programs_write_is_understood(self, tmp_path):
        (tmp_path / "100% raw name.mp3").touch()
        data = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
            <playlist version="1"><title>J\xf3ga</title><trackList>
            <track><location> file:///m/a%20b.mp3 </location><duration>junk</duration><trackNum>x</trackNum></track>
            <track><location>100% raw name.mp3</location><location>second.mp3</location></track>
            <track><title>nowhere</title></track>
            <track><identifier>https://musicbrainz.org/recording/MBID</identifier></track>
            </trackList></playlist>""".replace(b"MBID", MBID.encode())
        back = self.format.read(data, str(tmp_path))
        assert back.name == "Jóga"
        assert [one.path for one in back.entries] == [
            "/m/a b.mp3", f"{tmp_path}/100% raw name.mp3", f"https://musicbrainz.org/recording/{MBID}",
        ]  # fmt: skip
        assert back.entries[2].recording_mbid == MBID

    @pytest.mark.parametrize(
        "trick",
        [
            '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><playlist><title>&b;</title></playlist>',
            '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><playlist><title>&a;</title></playlist>',
        ],
    )
    def test_entities_are_refused(self, trick):
        with pytest.raises(UnreadablePlaylist, match="unsafe"):
            self.format.read(trick.encode(), "/m")

    @pytest.mark.parametrize("text", ["", "hello", "<html></html>", "<playlist>", "<a>" * 3000])
    def test_what_is_no_xspf_is_refused(self, text):
        with pytest.raises(UnreadablePlaylist, match="XSPF"):
            self.format.read(text.encode(), "/m")

    def test_milliseconds_survive(self):
        assert self.back(evening(entry(length_s=305.123))).entries[0].length_s == 305.123


class TestJspf(FormatContract):
    format = JSPF

    def test_it_is_written_as_listenbrainz_reads_it(self):
        said = json.loads(self.format.write(evening(entry("/m/a b.flac")), "/m"))["playlist"]
        assert said["title"] == "An evening, quiet"
        assert said["track"] == [{
            "location": ["a%20b.flac"], "identifier": [f"https://musicbrainz.org/recording/{MBID}"], "title": "Jóga",
            "creator": "Björk; Mark Bell", "album": "Homogenic", "trackNum": 2, "duration": 305000,
        }]  # fmt: skip

    def test_a_playlist_of_listenbrainz_is_read(self):
        said = {"playlist": {"title": "Weekly", "annotation": "<p>x</p>", "extension": {"https://x": {}}, "track": [
            {"identifier": [f"https://musicbrainz.org/recording/{MBID}"], "title": "Jóga", "duration": "305000"},
            {"identifier": f"https://musicbrainz.org/recording/{MBID}", "trackNum": "2", "duration": None},
            {"location": [7, "file:///m/a.flac"], "title": ["x"], "creator": 5, "duration": float("nan")},
            {"title": "nowhere"},
        ]}}  # fmt: skip
        back = self.format.read(json.dumps(said).encode(), "/m")
        assert [one.recording_mbid for one in back.entries] == [MBID, MBID, ""]
        assert [one.length_s for one in back.entries] == [305.0, None, None]
        assert back.entries[2].path == "/m/a.flac"

    @pytest.mark.parametrize(
        "text",
        ["", "hello", "[]", "{}", '{"playlist": []}', '{"playlist": null}', '{"playlist": {"track": [3]}}',
         "[" * 100_000, '{"playlist": {"track": 5}}', '{"playlist": ' + "9" * 5000 + "}"],
    )  # fmt: skip
    def test_what_is_no_jspf_is_refused(self, text):
        with pytest.raises(UnreadablePlaylist, match="JSPF"):
            self.format.read(text.encode(), "/m")
