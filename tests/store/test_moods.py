"""What the listener says of moods: by sound, the last word counts, and it can be taken back."""

from musicdesk.records import Axis, Edit, Mood, MoodCorrection
from musicdesk.store.database import Database
from musicdesk.store.moods import MoodStore
from musicdesk.store.tastes import TasteStore

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
    store.put([MoodCorrection("1:a"), MoodCorrection("1:b"), ONLY_AXES], now=7.0)
    assert store.all() == {"1:b": ONLY_AXES}


def test_a_step_of_the_history_about_moods_comes_back_whole_and_leaves_the_taste_alone(database):
    tastes = TasteStore(database)
    nothing = MoodCorrection("1:b")
    step = Edit("mood", None, None, moods_before={"1:a": CALM, "1:b": nothing}, moods_after={"1:b": ONLY_AXES})
    tastes.push(step)
    assert tastes.current() is None
    assert tastes.undo() == step
    assert tastes.redo() == step


def test_a_library_of_before_is_upgraded_with_its_history(tmp_path):
    with Database.open(tmp_path) as database:
        TasteStore(database).push(Edit("like", None, None))
        with database.writing() as sql:
            for change in (
                "ALTER TABLE edits DROP COLUMN moods_before", "ALTER TABLE edits DROP COLUMN moods_after",
                "PRAGMA user_version=17", "DELETE FROM _sqlite_migrations WHERE name >= 'm0018'",
            ):  # fmt: skip
                sql.execute(change)
    with Database.open(tmp_path) as database:
        undone = TasteStore(database).undo()
    assert (undone.label, undone.moods_before, undone.moods_after) == ("like", {}, {})


def test_what_another_musicdesk_knows_more_of_is_passed_over(database):
    store = MoodStore(database)
    with database.writing() as sql:
        sql.execute("INSERT INTO mood_corrections VALUES ('1:a', 'wistful', '{\"swing\": 0.5, \"tempo\": 0.5}', 0)")
    assert store.all() == {"1:a": MoodCorrection("1:a", None, ((Axis.TEMPO, 0.5),))}
