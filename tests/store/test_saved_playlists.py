import pytest
from store.samples import scanned

from musicdesk.errors import BadRequest, NotFound
from musicdesk.store.playlists import PlaylistStore, SavedPlaylist
from musicdesk.store.tracks import TrackStore


@pytest.fixture
def playlists(database):
    TrackStore(database).save([scanned(f"/m/{number}.flac", number) for number in range(5)], now=1.0)
    return PlaylistStore(database)


def test_playlists_come_back_in_order_with_repeats_and_note(playlists):
    playlists.save("evening", [3, 1, 3, 2], "quiet piano 1.4\nfolk 0.3")
    playlists.save("empty", [], "")
    assert playlists.all() == (
        SavedPlaylist("evening", (3, 1, 3, 2), "quiet piano 1.4\nfolk 0.3"),
        SavedPlaylist("empty", (), ""),
    )


def test_saving_under_a_known_name_replaces_the_list_in_its_place(playlists):
    playlists.save("evening", [1, 2, 3], "old")
    playlists.save("morning", [1], "")
    playlists.save(" evening ", [4], "new")
    assert playlists.all()[0] == SavedPlaylist("evening", (4,), "new")


def test_tracks_that_went_keep_their_places(playlists, database):
    playlists.save("evening", [1, 2], "")
    TrackStore(database).mark_missing([1])
    assert playlists.all()[0].track_ids == (1, 2)


def test_a_playlist_is_renamed_and_deleted(playlists):
    playlists.save("evening", [1], "")
    playlists.save("morning", [2], "")
    playlists.rename("evening", "night")
    playlists.delete("morning")
    assert playlists.all() == (SavedPlaylist("night", (1,), ""),)
    playlists.rename("night", "night")


def test_unknown_taken_and_empty_names_are_sentences(playlists):
    playlists.save("evening", [1], "")
    playlists.save("morning", [2], "")
    with pytest.raises(NotFound, match="“night”"):
        playlists.delete("night")
    with pytest.raises(NotFound, match="“night”"):
        playlists.rename("night", "day")
    with pytest.raises(BadRequest, match="already"):
        playlists.rename("morning", "evening")
    with pytest.raises(BadRequest, match="needs a name"):
        playlists.save("  ", [1], "")
    assert len(playlists.all()) == 2


def test_a_list_with_an_unknown_track_is_refused_and_the_old_one_stays(playlists):
    playlists.save("evening", [1, 2], "old")
    for unknown in (99, 2**70):
        with pytest.raises(NotFound, match="not in the library"):
            playlists.save("evening", [3, unknown], "new")
    assert playlists.all() == (SavedPlaylist("evening", (1, 2), "old"),)
