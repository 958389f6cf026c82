import numpy as np
import pytest

from musicdesk.records import (
    Advisor,
    Coverage,
    EncoderKey,
    Feedback,
    Part,
    Pick,
    Prototype,
    Tags,
    Taste,
    Track,
    numbers_of,
    printable,
    unit_rows,
)

KEY = EncoderKey("test", "1", "none")


def make_taste(*prototypes: Prototype) -> Taste:
    return Taste(KEY, prototypes)


def proto(name: str, **more: object) -> Prototype:
    return Prototype(id=name, name=name, slot=0, vector=np.ones(3, np.float32), **more)  # type: ignore[arg-type]


def test_a_track_without_tags_is_called_after_its_file():
    track = Track(id=1, path="/music/Album/01 Song.mp3")
    assert (track.title, track.album, track.artist) == ("01 Song", "Album", "")


def test_several_artists_stand_in_one_line():
    assert (
        Track(1, "/x", tags=Tags(title="A", artists=("B", "Tyler, The Creator"))).label == "A – B; Tyler, The Creator"
    )


@pytest.mark.parametrize("name", ["plain.mp3", "Größe.flac", "音楽.ogg", "caf\udce9.mp3"])
def test_every_file_name_can_be_printed(name):
    printable(name).encode("utf-8")


def test_a_good_name_is_printed_as_it_is():
    assert printable("Größe 音楽.flac") == "Größe 音楽.flac"


def test_coverage_adds_up_to_the_files_found():
    coverage = Coverage("x", ok=5, partial=1, silent=2, failed=3, excluded=4, pending=6, missing=9)
    assert coverage.found == 21
    assert coverage.usable == 6


def test_a_muted_prototype_counts_for_nothing():
    taste = make_taste(proto("a", gain=1.5), proto("b", muted=True))
    assert taste.gains.tolist() == [1.5, 0.0]


def test_solo_silences_all_others():
    taste = make_taste(proto("a"), proto("b", solo=True, gain=0.5), proto("c"))
    assert taste.gains.tolist() == [0.0, 0.5, 0.0]


def test_solo_and_mute_together_is_mute():
    assert make_taste(proto("a", solo=True, muted=True), proto("b")).gains.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(("reference", "found"), [("2", "quiet piano"), ("QUIET", "quiet piano"), ("metal", "metal")])
def test_a_prototype_is_found_by_number_name_or_beginning(reference, found):
    match = make_taste(proto("metal"), proto("quiet piano")).prototype(reference)
    assert match is not None
    assert match.name == found


def test_an_ambiguous_beginning_finds_nothing():
    assert make_taste(proto("piano"), proto("pianola")).prototype("pia") is None
    assert make_taste(proto("piano")).prototype("") is None


def test_tastes_are_equal_when_their_vectors_are():
    assert make_taste(proto("a")) == make_taste(proto("a"))
    other = Prototype(id="a", name="a", slot=0, vector=np.zeros(3, np.float32))
    assert make_taste(proto("a")) != make_taste(other)


@pytest.mark.parametrize(
    ("said", "positive", "negative"),
    [
        (Feedback(), False, False),
        (Feedback(liked=True), True, False),
        (Feedback(disliked=True), False, True),
        (Feedback(stars=4), True, False),
        (Feedback(stars=3), False, False),
        (Feedback(stars=1), False, True),
        (Feedback(liked=True, stars=1), True, False),
        (Feedback(never=True), False, False),
    ],
)
def test_what_counts_for_and_against_the_taste(said, positive, negative):
    assert (said.positive, said.negative) == (positive, negative)


def test_the_reason_of_a_pick_is_its_largest_part():
    pick = Pick(Track(1, "/x"), 1.0, 0.9, (Part("piano", 0, 1.0, 0.4, 0.9), Part("slow", 1, 1.0, 0.6, 0.9)))
    assert pick.why == "slow +0.60"


def test_an_advisor_is_found_by_name_and_id_and_replaced_by_name():
    habits, mine = Advisor("ease", "people's habits", 0.4), Advisor("content-last", "my history")
    taste = Taste(KEY, (), advisors=(habits, mine))
    for reference in ("people's habits", " People's Habits", "ease", "advisor:people's habits"):
        assert taste.advisor(reference) is habits
    assert taste.advisor("polka") is None
    louder = Advisor("item-knn", "people's habits", 1.5)
    assert taste.advised(louder).advisors == (louder, mine)


def test_an_advisor_counts_unless_it_is_muted_or_a_prototype_is_on_solo():
    advisors = (Advisor("ease", "people's habits", 0.5), Advisor("content-last", "my history", 1.5, muted=True))
    assert Taste(KEY, (proto("a"),), advisors=advisors).advisor_gains.tolist() == [0.5, 0.0]
    assert Taste(KEY, (proto("a", solo=True),), advisors=advisors).advisor_gains.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("shape", [(5,), (4, 5), (2, 4, 5), (0, 5)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_are_brought_to_length_1(shape, dtype):
    rows = np.random.default_rng(0).standard_normal(shape).astype(dtype)
    unit = unit_rows(rows)
    assert (unit.dtype, unit.shape) == (np.float32, shape)
    assert np.allclose(np.linalg.norm(unit, axis=-1), 1, atol=1e-6)
    assert np.allclose(unit * np.linalg.norm(rows, axis=-1, keepdims=True), rows, atol=1e-5)


def test_a_row_of_nothing_has_no_direction_and_an_unknown_one_stays_unknown():
    rows = np.array([[0, 0], [3, 4], [1e-10, 0], [np.nan, 1]], np.float32)
    assert np.array_equal(unit_rows(rows)[:3], np.array([[0, 0], [0.6, 0.8], [1, 0]], np.float32))
    assert np.isnan(unit_rows(rows)[3]).all()
    assert not unit_rows(rows, nothing=1e-9)[2].any()
    assert not unit_rows(np.zeros(3, np.float32)).any()


def test_the_same_name_has_one_number_however_it_is_written_and_none_has_none():
    assert numbers_of(["Björk", "abba", "", " BJÖRK  ", "ABBA", " ", "Die  Ärzte", "die ärzte"]).tolist() == [
        1, 0, -1, 1, 0, -1, 2, 2,
    ]  # fmt: skip
    assert numbers_of([]).shape == (0,)
    assert numbers_of(["a"]).dtype == np.int64
