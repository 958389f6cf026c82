"""Playlists go out, come back, and find their tracks again."""

import shutil
from pathlib import Path

import pytest

from musicdesk.errors import BadRequest, NotFound, NothingYet, UserFacing
from musicdesk.records import Query


@pytest.mark.parametrize("ending", ["m3u8", "xspf", "jspf", "pls"])
@pytest.mark.parametrize("relative", [True, False])
def test_an_exported_playlist_is_read_back_track_for_track(desk, tmp_path, ending, relative):
    picks = desk.recommending.picks(desk.recommending.rank(Query(limit=6)))
    tracks = [p.track for p in picks]
    path = tmp_path / f"evening.{ending}"
    report = desk.curating.export(path, tracks, relative=relative)
    assert (report.written, report.missing) == (len(tracks), ())
    back = desk.curating.read(path)
    assert [t.id for t in back.matched] == [t.id for t in tracks]
    assert back.unmatched == ()


def test_a_track_that_is_gone_is_named_and_left_out(desk, tmp_path, analysed):
    tracks = desk.indexing.tracks()[:3]
    hidden = Path(tracks[1].path)
    shutil.move(hidden, tmp_path / "hidden.flac")
    try:
        report = desk.curating.export(tmp_path / "x.m3u8", tracks)
    finally:
        shutil.move(tmp_path / "hidden.flac", hidden)
    assert report.written == 2
    assert report.missing == (tracks[1],)


def test_an_empty_list_is_not_written(desk, tmp_path):
    with pytest.raises(NothingYet):
        desk.curating.export(tmp_path / "x.m3u8", [])
    assert not (tmp_path / "x.m3u8").exists()


@pytest.mark.parametrize("name", ["evening.docx", "evening"])
def test_an_unknown_ending_is_told_with_those_there_are(desk, tmp_path, name):
    with pytest.raises(UserFacing, match="m3u8"):
        desk.curating.export(tmp_path / name, desk.indexing.tracks()[:1])


def test_a_folder_that_is_not_there_is_told(desk, tmp_path):
    with pytest.raises(UserFacing):
        desk.curating.export(tmp_path / "no" / "such" / "x.m3u8", desk.indexing.tracks()[:1])


def test_a_moved_library_is_matched_by_artist_title_and_length(desk, tmp_path):
    track = desk.indexing.find("Bells 3")
    (tmp_path / "foreign.m3u8").write_text(
        f"#EXTM3U\n#EXTINF:{round(track.length_s)},{track.artist} - {track.title}\n/other/machine/a.mp3\n"
        "#EXTINF:200,Nobody - Unheard\n/other/machine/b.mp3\n"
    )
    report = desk.curating.read(tmp_path / "foreign.m3u8")
    assert [t.id for t in report.matched] == [track.id]
    assert [e.title for e in report.unmatched] == ["Unheard"]


def test_playlists_are_kept_renamed_and_deleted(desk):
    tracks = desk.indexing.tracks()[:3]
    told = []
    desk.events.playlists_changed.listen(lambda _: told.append(1))
    desk.curating.save("evening", tracks)
    desk.curating.rename("evening", "night")
    (kept,) = desk.curating.playlists()
    assert (kept.name, list(kept.track_ids)) == ("night", [t.id for t in tracks])
    desk.curating.delete("night")
    assert desk.curating.playlists() == ()
    assert len(told) == 3


def test_a_playlist_needs_a_name_that_is_free(desk):
    tracks = desk.indexing.tracks()[:1]
    with pytest.raises(BadRequest):
        desk.curating.save("  ", tracks)
    desk.curating.save("a", tracks)
    desk.curating.save("b", tracks)
    with pytest.raises(BadRequest):
        desk.curating.rename("a", "b")
    with pytest.raises(NotFound):
        desk.curating.delete("c")
