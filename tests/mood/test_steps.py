import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicdesk.errors import BadRequest
from musicdesk.mood.steps import USUAL, closeness, eased, grid_mix, target_of, wanted_axes
from musicdesk.records import AXES, MOODS, Axis, Mood, Steer
from musicdesk.settings import Settings

SHARE = st.floats(0, 1)
EVEN = np.full(4, 0.25, np.float32)


def mix(**shares):
    return np.array([shares.get(mood.value, 0.0) for mood in MOODS], np.float32)


class TestGrid:
    @pytest.mark.parametrize(("valence", "arousal", "wanted"), [
        (0.5, 1, mix(energetic=1)), (0.5, 0, mix(calm=1)), (1, 0.5, mix(happy=1)), (0, 0.5, mix(sad=1)),
        (0.5, 0.5, EVEN), (1, 1, mix(happy=0.5, energetic=0.5)), (0, 0, mix(sad=0.5, calm=0.5)),
        (1, 0, mix(happy=0.5, calm=0.5)), (0, 1, mix(sad=0.5, energetic=0.5)),
    ])  # fmt: skip
    def test_edges_are_moods_and_corners_two_of_them(self, valence, arousal, wanted):
        np.testing.assert_allclose(grid_mix(valence, arousal), wanted, atol=1e-6)

    @given(SHARE, SHARE)
    def test_a_mix_is_shares_of_moods(self, valence, arousal):
        found = grid_mix(valence, arousal)
        assert found.sum() == pytest.approx(1, abs=1e-5)
        assert found.min() >= -1e-7

    @given(SHARE, SHARE)
    def test_nothing_jumps_under_a_drag(self, valence, arousal):
        near = grid_mix(min(1.0, valence + 1e-3), max(0.0, arousal - 1e-3))
        assert np.abs(near - grid_mix(valence, arousal)).max() < 0.01

    @pytest.mark.parametrize("place", [(1.2, 0), (0, -0.1), (float("nan"), 0)])
    def test_what_lies_beside_the_grid_is_refused(self, place):
        with pytest.raises(BadRequest):
            grid_mix(*place)


class TestTarget:
    def test_moods_are_mixed_by_their_weights(self):
        steer = Steer(moods=((Mood.HAPPY, 3.0), (Mood.CALM, 1.0)))
        np.testing.assert_allclose(target_of(steer, EVEN), mix(happy=0.75, calm=0.25))

    def test_a_place_of_the_grid(self):
        np.testing.assert_allclose(target_of(Steer(point=(0.5, 1.0)), EVEN), mix(energetic=1), atol=1e-6)

    def test_nudges_of_arousal_and_valence_lead_to_the_moods_at_their_ends(self):
        source = mix(sad=1)
        whole = target_of(Steer(nudges=((Axis.AROUSAL, -1.0),)), source)
        part = target_of(Steer(nudges=((Axis.VALENCE, 0.25),)), source)
        both = target_of(Steer(nudges=((Axis.VALENCE, 0.5), (Axis.AROUSAL, 0.5))), source)
        np.testing.assert_allclose(whole, mix(calm=1))
        np.testing.assert_allclose(part, mix(sad=0.75, happy=0.25))
        np.testing.assert_allclose(both, mix(sad=0.5, happy=0.25, energetic=0.25))

    def test_other_nudges_ask_for_no_mood(self):
        source = np.array([0.1, 0.2, 0.3, 0.4], np.float32)
        for steer in (Steer(), Steer(nudges=((Axis.TEMPO, 0.5), (Axis.AROUSAL, 0.0)))):
            np.testing.assert_array_equal(target_of(steer, source), source)

    @pytest.mark.parametrize("moods", [
        ((Mood.CALM, 0.0),), ((Mood.CALM, -1.0), (Mood.SAD, 2.0)), ((Mood.SAD, float("nan")),),
    ])  # fmt: skip
    def test_weights_that_say_nothing_are_refused(self, moods):
        with pytest.raises(BadRequest):
            target_of(Steer(moods=moods), EVEN)


class TestNudges:
    def test_a_nudge_goes_from_where_the_seed_stands_by_the_strength(self):
        start = {Axis.TEMPO: 0.4, Axis.BRIGHTNESS: 0.9}
        steer = Steer(nudges=((Axis.TEMPO, -0.2), (Axis.BRIGHTNESS, 0.5), (Axis.VALENCE, 0.0)), strength=0.5)
        assert wanted_axes(steer, start) == pytest.approx({Axis.TEMPO: 0.3, Axis.BRIGHTNESS: 1.0})

    def test_the_nearest_is_the_closest(self):
        axes = np.full((5, len(AXES)), 0.5, np.float32)
        axes[:, AXES.index(Axis.TEMPO)] = [0.0, 0.25, 0.5, 0.75, 1.0]
        found = closeness(axes, {Axis.TEMPO: 0.25})
        np.testing.assert_allclose(found, [0.75, 1.0, 0.75, 0.5, 0.25])
        np.testing.assert_array_equal(closeness(axes, {}), 1)

    def test_axes_of_another_number_are_refused(self):
        with pytest.raises(BadRequest):
            closeness(np.zeros((3, 2), np.float32), {})


class TestSlider:
    def test_its_ends_are_nothing_and_all(self):
        assert (eased(0.0), eased(1.0)) == (0.0, 1.0)

    @given(st.floats(0.01, 0.99))
    def test_the_lower_half_is_fine_work(self, place):
        assert 0 < eased(place) < place

    def test_it_begins_where_a_steering_and_the_settings_begin(self):
        assert Settings().steer_strength == Steer().strength == 0.7
        assert pytest.approx(0.49) == USUAL
