import pytest

from musicdesk.encoders import registry, reported
from musicdesk.encoders.reported import Table, strengths
from musicdesk.records import Strength


def test_muq_is_the_best_of_nine_at_both() -> None:
    assert strengths("muq") == (
        Strength("hot", "recall@50", 0.0408, 1, 9, "study"),
        Strength("cold", "recall@50", 0.4154, 1, 9, "study"),
    )


@pytest.mark.parametrize(
    ("name", "hot", "cold"),
    [
        ("musicnn", (0.0345, 4), (0.3337, 5)),
        ("jukebox", (0.0270, 8), (0.3331, 6)),
        ("mule", (0.0388, 2), (0.3950, 2)),
        ("music2vec", (0.0287, 7), (0.2419, 8)),
        ("mert-330m", (0.0305, 6), (0.3401, 4)),
    ],
)
def test_figures_and_places_are_those_of_the_tables(name: str, hot: tuple[float, int], cold: tuple[float, int]) -> None:
    found = [(strength.value, strength.place) for strength in strengths(name) if strength.by == "study"]
    assert found == [hot, cold]


def test_the_study_setting_has_what_the_encoder_shows() -> None:
    assert strengths("jukebox-study") == strengths("jukebox")


@pytest.mark.parametrize("name", ["mert-95m", "musicfm", "musicfm-study", "handcrafted", "cnn-mine", "nobody", ""])
def test_whom_the_study_does_not_tell_about_has_no_figures_of_it(name: str) -> None:
    assert not [strength for strength in strengths(name) if strength.by == "study"]


def test_every_encoder_of_the_tables_exists() -> None:
    for table in reported.REPORTED + reported.MEASURED:
        assert set(table.values) - {"mfcc"} <= set(registry.OWN)


def test_equals_share_a_place() -> None:
    table = Table("genre", "accuracy", "musicdesk", {"a": 0.5, "b": 0.7, "c": 0.5, "d": 0.1})
    places = {name: strength.place for name in table.values if (strength := table.strength(name))}
    assert places == {"a": 2, "b": 1, "c": 2, "d": 4}


def test_our_own_figures_are_of_the_encoder_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = Table("genre", "accuracy", "musicdesk", {"musicnn": 0.7, "handcrafted": 0.6})
    monkeypatch.setattr(reported, "MEASURED", (ours,))
    assert strengths("handcrafted") == (Strength("genre", "accuracy", 0.6, 2, 2, "musicdesk"),)
    assert [strength.task for strength in strengths("musicnn")] == ["hot", "cold", "genre"]
    assert [strength.task for strength in strengths("musicnn-study")] == ["hot", "cold"]
