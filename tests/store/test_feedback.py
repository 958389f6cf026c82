import pytest

from musicdesk.records import Feedback
from musicdesk.store.database import Database
from musicdesk.store.feedback import FeedbackStore

LIKED = Feedback(liked=True, stars=4.5, not_now_until=9.0, plays=2, last_played=5.0)


@pytest.fixture
def feedback(database):
    return FeedbackStore(database)


def test_what_was_said_comes_back_and_the_rest_is_empty(feedback):
    said = {"1:a": LIKED, "1:b": Feedback(never=True), "1:c": Feedback(disliked=True, stars=0.0)}
    feedback.put(said)
    assert feedback.all() == said
    assert feedback.get("1:a") == LIKED
    assert feedback.get("1:z") == Feedback()


def test_feedback_survives_a_restart(tmp_path):
    for _ in range(2):
        with Database.open(tmp_path) as database:
            FeedbackStore(database).put({"1:a": LIKED})
    with Database.open(tmp_path) as database:
        assert FeedbackStore(database).all() == {"1:a": LIKED}


def test_what_is_taken_back_is_gone(feedback):
    feedback.put({"1:a": Feedback(liked=True), "1:b": Feedback(liked=True)})
    feedback.put({"1:a": Feedback()})
    assert feedback.all() == {"1:b": Feedback(liked=True)}


def test_plays_are_counted_and_logged(feedback, database):
    feedback.add_play("1:a", now=10.0, seconds=200.0)
    feedback.add_play("1:a", now=20.0, seconds=30.0)
    assert feedback.get("1:a") == Feedback(plays=2, last_played=20.0)
    rows = [(row["audio_hash"], row["at"], row["seconds"]) for row in database.sql["plays"].rows]
    assert rows == [("1:a", 10.0, 200.0), ("1:a", 20.0, 30.0)]


def test_undoing_a_like_does_not_unhear_what_was_played_since(feedback):
    before = feedback.get("1:a")
    feedback.put({"1:a": Feedback(liked=True)})
    feedback.add_play("1:a", now=10.0, seconds=200.0)
    feedback.put({"1:a": before})
    assert feedback.get("1:a") == Feedback(plays=1, last_played=10.0)


def test_changes_are_written_all_or_none(feedback):
    with pytest.raises(ValueError, match="could not convert"):
        feedback.put({"1:a": LIKED, "1:b": Feedback(not_now_until="later")})
    assert feedback.all() == {}
