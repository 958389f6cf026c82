"""Steps of a steering: each adds to the one before, a new one cuts off those behind it, and none is lost on the way."""

from musicdesk.desk.translating import LEARN
from musicdesk.records import Axis, Mood, Seed, Steer
from musicdesk.ui.steer_trail import Step, Trail, further, pointed
from musicdesk.ui.steer_words import LEARNING, in_the_window

SEED = Seed("Like “Nocturne”", ("a",))


def step(name: str, **steer: object) -> Step:
    return Step(SEED, Steer(**steer), name)  # type: ignore[arg-type]


def test_a_step_leads_on_and_a_new_one_cuts_off_those_behind() -> None:
    trail = Trail().then(step("seed")).then(step("calmer")).then(step("slower"))
    assert trail.names == ("seed", "calmer", "slower")
    assert trail.here == 2
    back = trail.at(1)
    assert back.step.name == "calmer"
    assert back.names == trail.names
    assert back.then(step("darker")).names == ("seed", "calmer", "darker")


def test_a_number_beyond_the_steps_is_the_nearest_of_them() -> None:
    trail = Trail().then(step("seed")).then(step("calmer"))
    assert trail.at(-3).here == 0
    assert trail.at(9).here == 1
    assert not Trail()


def test_the_same_place_asked_otherwise_is_no_step() -> None:
    trail = Trail().then(step("seed")).then(step("calmer", strength=0.2))
    again = trail.instead(step("calmer", strength=0.9))
    assert len(again.steps) == 2
    assert again.step.steer.strength == 0.9


def test_a_mood_puts_out_its_opposite_and_leaves_the_others() -> None:
    both = further(Steer(moods=((Mood.CALM, 1.0), (Mood.HAPPY, 1.0))), Steer(moods=((Mood.ENERGETIC, 1.0),)))
    assert dict(both.moods) == {Mood.HAPPY: 1.0, Mood.ENERGETIC: 1.0}


def test_nudges_add_up_to_the_whole_of_an_axis_and_out_again() -> None:
    slower = Steer(nudges=((Axis.TEMPO, -0.4),))
    twice = further(slower, slower)
    assert dict(twice.nudges) == {Axis.TEMPO: -0.8}
    assert dict(further(twice, slower).nudges) == {Axis.TEMPO: -1.0}
    assert further(slower, Steer(nudges=((Axis.TEMPO, 0.4),))).nudges == ()


def test_a_place_of_the_grid_takes_the_moods_place_and_a_mood_the_places() -> None:
    calm = Steer(moods=((Mood.CALM, 1.0),), nudges=((Axis.TEMPO, -0.4),), keep=("genre",))
    at = pointed(calm, (0.2, 0.8))
    assert (at.moods, at.point, at.nudges, at.keep) == ((), (0.2, 0.8), calm.nudges, ("genre",))
    assert further(at, Steer(moods=((Mood.SAD, 1.0),))).point is None
    assert further(at, Steer(nudges=((Axis.TEMPO, 0.1),))).point == (0.2, 0.8)
    assert pointed(at, None).point is None


def test_a_sentence_of_the_desk_loses_its_commands_in_the_window() -> None:
    assert in_the_window("Nothing is analysed yet. Add music, then run: musicdesk analyze") == (
        "Nothing is analysed yet. Add music."
    )
    assert in_the_window("Like “X”: none of this is analysed yet. Run: musicdesk analyze") == (
        "Like “X”: none of this is analysed yet."
    )
    assert in_the_window(f"{LEARN}. Until then the plain method finds these.") == (
        f"{LEARNING} Until then the plain method finds these."
    )
    assert in_the_window("This library has nothing calmer nearby.") == "This library has nothing calmer nearby."
