"""What the listener says of moods: by sound, the last word counts, and it can be taken back."""

from musicdesk.records import Axis, Mood, MoodCorrection
from musicdesk.store.database import Database
from musicdesk.store.moods import MoodStore

CALM = MoodCorrection("1:a", Mood.CALM, ((Axis.AROUSAL, 0.1), (Axis.TEMPO, 0.25)))
ONLY_AXES = MoodCorrection("1:b", None, ((Axis.BRIGHTNESS, 1.0),))


def test_a_correction_is_read_as_it_was_written_and_outlives_the_program(tmp_path):
    with Database.open(tmp_path) as database:
        MoodStore(database).put([CALM, ONLY_AXES], now=5.0)
    with Database.open(tmp_path) as database:
        assert MoodStore(database).all() == {"1:a": CALM, "1:b": ONLY_AXES}
        assert MoodStore(database).some(["1:b", "1:c"]) == {"1:b": ONLY_AXES}


def test_the_last_word_counts_and_can_be_taken_back(database):
    store = MoodStore(database)
    store.put([CALM], now=5.0)
    store.put([MoodCorrection("1:a", Mood.SAD)], now=6.0)
    assert store.all() == {"1:a": MoodCorrection("1:a", Mood.SAD)}
    assert store.forget(["1:a", "1:b"]) == 1
    assert store.all() == {}


def test_what_another_musicdesk_knows_more_of_is_passed_over(database):
    store = MoodStore(database)
    with database.writing() as sql:
        sql.execute("INSERT INTO mood_corrections VALUES ('1:a', 'wistful', '{\"swing\": 0.5, \"tempo\": 0.5}', 0)")
    assert store.all() == {"1:a": MoodCorrection("1:a", None, ((Axis.TEMPO, 0.5),))}
