"""A taste that travels as a file: what comes back, what another library makes of it, and what no file can do."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from three_kinds import kind_of

from musicdesk.desk.desk import Desk
from musicdesk.errors import BadRequest, NotFound, UserFacing
from musicdesk.records import PROTOTYPE_SLOTS, Origin, Query


@pytest.fixture
def written(desk: Desk, tmp_path: Path) -> Path:
    desk.recommending.set_gain("1", 1.6)
    desk.recommending.mute("2")
    desk.recommending.lock("3")
    desk.shaping.pin("1", desk.indexing.tracks()[5].audio_hash)
    return desk.tastes.export(tmp_path / "work.json")


def changed(path: Path, change) -> Path:
    """The file with something changed in it."""
    told = json.loads(path.read_text())
    change(told)
    path.write_text(json.dumps(told))
    return path


def first(name, value):
    return lambda told: told["prototypes"][0].__setitem__(name, value)


def test_a_file_is_small_and_says_what_it_is(desk, written):
    told = json.loads(written.read_text())
    assert (told["kind"], told["version"]) == ("musicdesk-taste", 1)
    assert written.stat().st_size < 16_384
    assert "vector" not in told["prototypes"][0]
    assert set(told["prototypes"][0]["exemplars"][0]) == {"sound", "artist", "title"}
    assert str(desk.folders.data) not in written.read_text()


def test_a_taste_comes_back_in_one_step(desk, written):
    before = desk.recommending.taste()
    for p in before.prototypes:
        desk.recommending.set_gain(p.id, 0.1)
    moved = desk.recommending.taste()
    after = desk.tastes.load(written)
    fields = ("id", "name", "slot", "gain", "found", "muted", "solo", "locked", "exemplars", "pinned", "support")
    for p, q in zip(before.prototypes, after.prototypes, strict=True):
        assert [getattr(p, f) for f in fields] == [getattr(q, f) for f in fields]
        assert float(p.vector @ q.vector) > 0.8
    assert desk.recommending.history().undo == "import taste “now”"
    desk.recommending.undo()
    assert desk.recommending.taste() == moved


def test_with_vectors_it_comes_back_to_the_bit(desk, tmp_path):
    desk.recommending.set_gain("1", 0.3)
    before = desk.recommending.taste()
    path = desk.tastes.export(tmp_path / "t.json", with_vectors=True)
    assert desk.tastes.load(path).prototypes == before.prototypes


def test_it_can_be_kept_under_a_name_instead(desk, written):
    before = desk.recommending.taste()
    desk.tastes.load(written, name="from a friend")
    assert desk.recommending.taste() == before
    assert [k.name for k in desk.tastes.names()] == ["from a friend"]
    path = desk.tastes.export(written.parent / "again.json", "From A Friend")
    assert json.loads(path.read_text())["name"] == "from a friend"


def test_another_encoders_taste_is_heard_here_by_its_tracks(desk, written):
    def elsewhere(told):
        told["encoder"]["name"] = "another"
        told["prototypes"][1]["exemplars"] = [{"sound": "1:gone"}]
        told["prototypes"][1]["tracks"] = ["1:gone"]

    names = [p.name for p in desk.recommending.taste().prototypes]
    found = desk.tastes.read(changed(written, elsewhere))
    assert found.left_out in ((names[1],), ())  # its name may be a word that is known here
    assert {p.origin for p in found.taste.prototypes} <= {Origin.TRACKS, Origin.TAG, Origin.TEXT}
    assert all(p.tracks for p in found.taste.prototypes)
    assert found.taste.key == desk.recommending.taste().key
    desk.tastes.load(written)
    assert len(desk.recommending.rank(Query(limit=5))) == 5


def test_another_library_knows_a_track_by_artist_and_title(desk, written):
    def elsewhere(told):
        words = {"artist": "BELLS player 3", "title": "bells 3"}
        told["prototypes"] = [{"name": "bells", "gain": 1.2, "exemplars": [{"sound": "1:theirs", **words}]}]

    (p,) = desk.tastes.load(changed(written, elsewhere)).prototypes
    (track,) = desk.recommending.by_hash(p.tracks).values()
    assert track.title == "Bells 3"
    desk.recommending.set_variety(0)
    picks = desk.recommending.picks(desk.recommending.rank(Query(limit=5)))
    assert [kind_of(pick.track.title) for pick in picks] == ["Bells"] * 5


def test_where_no_track_is_known_a_word_may_be(desk, written):
    word = desk.shaping.tags()[0].word

    def elsewhere(told):
        told["encoder"]["name"] = "another"
        told["prototypes"] = [
            {"name": "by word", "gain": 0.7, "word": word, "origin": "tag"},
            {"name": "lost", "gain": 1.0, "word": "zydeco", "origin": "tag"},
        ]

    found = desk.tastes.read(changed(written, elsewhere))
    assert [p.name for p in found.taste.prototypes] == ["by word"]
    assert found.taste.prototypes[0].exemplars
    assert found.left_out == ("lost",)


def test_where_nothing_of_it_is_here_nothing_is_taken(desk, written):
    before = desk.recommending.taste()

    def elsewhere(told):
        told["prototypes"] = [{"name": "x", "gain": 1.0, "exemplars": [{"sound": "1:theirs"}]}]

    with pytest.raises(NotFound, match="none of its tracks"):
        desk.tastes.load(changed(written, elsewhere))
    assert desk.recommending.taste() == before


def test_names_are_cleaned_and_told_apart_slots_too(desk, written):
    def odd(told):
        for p in told["prototypes"]:
            p["name"] = "pia\u202eno\n\x1b[31m \ud800 " + "x" * 500
            p["slot"] = 3

    prototypes = desk.tastes.load(changed(written, odd)).prototypes
    assert len({p.name for p in prototypes}) == len({p.slot for p in prototypes}) == len(prototypes)
    assert all(p.name.isprintable() and len(p.name) < 100 for p in prototypes)
    assert prototypes[0].slot == 3


NAN, HUGE = float("nan"), 10**400
BROKEN = {
    "not JSON": lambda path: path.write_text("{"),
    "empty": lambda path: path.write_text(""),
    "bytes": lambda path: path.write_bytes(os.urandom(999)),
    "deep": lambda path: path.write_text("[" * 200_000),
    "a list": lambda path: path.write_text("[]"),
    "something else": lambda path: path.write_text('{"kind": "recipe", "version": 1}'),
    "no version": lambda path: path.write_text('{"kind": "musicdesk-taste"}'),
    "true for a version": lambda path: path.write_text('{"kind": "musicdesk-taste", "version": true}'),
    "no prototypes": lambda path: changed(path, lambda told: told.update(prototypes=[])),
    "prototypes of text": lambda path: changed(path, lambda told: told.update(prototypes=["a"])),
    "prototypes as text": lambda path: changed(path, lambda told: told.update(prototypes="abc")),
    "too many": lambda path: changed(path, lambda told: told.update(prototypes=told["prototypes"] * 20)),
    "no encoder": lambda path: changed(path, lambda told: told.pop("encoder")),
    "no name": lambda path: changed(path, first("name", " \u200b")),
    "a number for a name": lambda path: changed(path, first("name", 5)),
    "a gain of 3": lambda path: changed(path, first("gain", 3)),
    "a gain that is none": lambda path: changed(path, first("gain", NAN)),
    "a gain beyond floats": lambda path: changed(path, first("gain", HUGE)),
    "a gain in words": lambda path: changed(path, first("gain", "1.0")),
    "a true gain": lambda path: changed(path, first("gain", True)),
    "slot 40": lambda path: changed(path, first("slot", PROTOTYPE_SLOTS)),
    "muted by 1": lambda path: changed(path, first("muted", 1)),
    "an unknown origin": lambda path: changed(path, first("origin", "stars")),
    "tracks as text": lambda path: changed(path, first("tracks", "1:a")),
    "endless tracks": lambda path: changed(path, first("tracks", ["1:a"] * 501)),
    "a long sound": lambda path: changed(path, first("pinned", ["1" * 500])),
    "exemplars of numbers": lambda path: changed(path, first("exemplars", [1])),
    "a vector of nothing": lambda path: changed(path, first("vector", "")),
    "a vector in letters": lambda path: changed(path, first("vector", "é")),
    "a vector of zeros": lambda path: changed(path, first("vector", "AAAA" * 100)),
    "a vector of nan": lambda path: changed(path, first("vector", "AADAfwAAwH8=")),
    "variety 2": lambda path: changed(path, lambda told: told.update(variety=2)),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_or_hostile_file_is_a_sentence_and_nothing_is_taken(desk, written, what):
    before = desk.recommending.taste()
    BROKEN[what](written)
    with pytest.raises(BadRequest, match=r"work\.json") as told:
        desk.tastes.load(written)
    assert len(str(told.value)) < 300
    assert desk.recommending.taste() == before
    assert desk.tastes.names() == ()


def test_a_newer_file_says_so(desk, written):
    changed(written, lambda told: told.update(version=7))
    with pytest.raises(BadRequest, match=r"newer musicdesk \(version 7"):
        desk.tastes.load(written)


def test_a_huge_file_is_not_read(desk, written):
    with written.open("ab") as file:
        file.truncate(9 << 20)
    with pytest.raises(BadRequest, match="too large"):
        desk.tastes.load(written)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_neither_a_folder_nor_a_pipe_nor_a_device_keeps_us_waiting(desk, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero"), tmp_path / "nothing"):
        with pytest.raises(NotFound, match="no file"):
            desk.tastes.load(path)


def test_where_nothing_can_be_written_a_sentence_says_so(desk, tmp_path):
    for path, what in ((tmp_path, "is a folder"), (tmp_path / "no" / "x.json", "no folder")):
        with pytest.raises(UserFacing, match=what):
            desk.tastes.export(path)
    with pytest.raises(NotFound, match="No taste is called"):
        desk.tastes.export(tmp_path / "x.json", "nobody")
    assert not list(tmp_path.glob("*.json"))


def test_a_vector_is_a_direction_whatever_its_length(desk, tmp_path):
    import base64

    path = desk.tastes.export(tmp_path / "t.json", with_vectors=True)
    long = 1e9 * desk.recommending.taste().prototypes[0].vector
    data = base64.b64encode(long.astype("<f4").tobytes()).decode()
    assert np.linalg.norm(desk.tastes.load(changed(path, first("vector", data))).prototypes[0].vector) == pytest.approx(
        1
    )
