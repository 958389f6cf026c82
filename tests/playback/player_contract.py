"""What every player promises. A subclass says how to make one and how time passes for it."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import sounds

from musicdesk.playback.player import Player, PlayerState

LENGTH_S = 4.0


class Ledger:
    """What a player announced."""

    def __init__(self, player: Player) -> None:
        self.finished: list[str] = []
        self.failed: list[str] = []
        player.finished.listen(self.finished.append)
        player.failed.listen(self.failed.append)


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Four seconds of a quiet tone."""
    return str(sounds.tone(tmp_path_factory.mktemp("songs") / "song.wav", length_s=LENGTH_S, level=0.1))


class PlayerBench:
    """A player to try, and time to pass."""

    tolerance_s = 0.1

    def make_player(self) -> Player:
        raise NotImplementedError

    def pass_time(self, seconds: float) -> None:
        raise NotImplementedError

    @pytest.fixture
    def player(self) -> Iterator[Player]:
        player = self.make_player()
        yield player
        player.close()

    @pytest.fixture
    def ledger(self, player: Player) -> Ledger:
        return Ledger(player)

    def until(self, happened: Callable[[], object], *, within_s: float = 15.0) -> None:
        for _ in range(round(within_s / 0.02)):
            if happened():
                return
            self.pass_time(0.02)
        pytest.fail("it did not happen")

    def near(self, seconds: float) -> object:
        return pytest.approx(seconds, abs=self.tolerance_s)

    def now(self) -> float:
        return time.monotonic()


class PlayerContract(PlayerBench):
    # ---------------------------------------------------------------------------------------------- playing

    def test_a_new_player_is_stopped_and_without_a_problem(self, player):
        assert (player.state, player.path, player.position_s, player.length_s) == (PlayerState.STOPPED, "", 0.0, 0.0)
        assert player.problem == ""

    def test_play_is_playing_at_once_and_from_the_wished_place(self, player, song):
        player.play(song, start_s=1.5)
        assert (player.state, player.path) == (PlayerState.PLAYING, song)
        assert player.position_s == self.near(1.5)

    def test_the_length_is_that_of_the_file(self, player, song):
        player.play(song, start_s=1.0, length_s=1.0)
        self.until(lambda: player.length_s)
        assert player.length_s == pytest.approx(LENGTH_S, abs=0.01)

    def test_the_position_goes_with_the_time(self, player, song):
        player.play(song)
        self.until(lambda: player.position_s > 0)
        before, began = player.position_s, self.now()
        self.pass_time(0.6)
        assert player.position_s - before == self.near(self.now() - began)

    def test_another_play_takes_the_place_of_the_first(self, player, ledger, song, tmp_path):
        other = str(sounds.tone(tmp_path / "other.flac", length_s=0.4, level=0.1))
        player.play(song)
        self.pass_time(0.2)
        player.play(other)
        assert player.path == other
        self.until(lambda: ledger.finished)
        assert ledger.finished == [other]

    # ---------------------------------------------------------------------------------------------- pause and jump

    def test_a_pause_keeps_the_place(self, player, song):
        player.play(song, start_s=1.0)
        self.until(lambda: player.position_s > 1.1)
        player.pause()
        assert player.state is PlayerState.PAUSED
        self.pass_time(0.3)
        place = player.position_s
        self.pass_time(0.3)
        assert player.position_s == place
        player.resume()
        assert player.state is PlayerState.PLAYING
        self.until(lambda: player.position_s > place)
        assert player.position_s == self.near(place)

    def test_a_jump_is_there_at_once_and_goes_on_from_there(self, player, song):
        player.play(song)
        self.until(lambda: player.position_s > 0)
        player.seek(2.5)
        assert player.position_s == self.near(2.5)
        self.until(lambda: player.position_s > 2.6)

    def test_a_jump_while_paused_stays_paused_at_the_new_place(self, player, song):
        player.play(song)
        self.until(lambda: player.position_s > 0.1)
        player.pause()
        player.seek(3.0)
        self.pass_time(0.3)
        assert (player.state, player.position_s) == (PlayerState.PAUSED, 3.0)
        player.resume()
        self.until(lambda: player.position_s > 3.1)

    def test_a_jump_before_the_beginning_lands_on_it(self, player, song):
        player.play(song, start_s=2.0)
        player.seek(-5.0)
        assert player.position_s == self.near(0.0)

    def test_a_jump_past_the_end_finishes(self, player, ledger, song):
        player.play(song)
        self.until(lambda: player.length_s)
        player.seek(1000.0)
        self.until(lambda: ledger.finished)

    # ---------------------------------------------------------------------------------------------- ends

    def test_the_end_of_the_file_is_announced_once(self, player, ledger, song):
        player.play(song, start_s=LENGTH_S - 0.4)
        self.until(lambda: player.state is PlayerState.STOPPED)
        self.until(lambda: ledger.finished)
        self.pass_time(0.3)
        assert (ledger.finished, ledger.failed) == ([song], [])
        assert (player.path, player.position_s) == ("", 0.0)

    def test_an_excerpt_ends_after_its_length(self, player, ledger, song):
        player.play(song, start_s=1.0, length_s=0.5)
        places = []
        self.until(lambda: places.append(player.position_s) or ledger.finished)
        assert max(places) == self.near(1.5)

    def test_a_jump_out_of_an_excerpt_lifts_its_limit(self, player, ledger, song):
        player.play(song, start_s=1.0, length_s=0.5)
        self.until(lambda: player.length_s)
        player.seek(2.5)
        self.until(lambda: player.position_s > 3.2)
        assert not ledger.finished

    def test_stop_is_no_end(self, player, ledger, song):
        player.play(song, start_s=LENGTH_S - 0.5)
        self.pass_time(0.1)
        player.stop()
        assert (player.state, player.path, player.position_s) == (PlayerState.STOPPED, "", 0.0)
        self.pass_time(0.8)
        assert ledger.finished == []

    def test_a_pause_before_the_end_is_no_end(self, player, ledger, song):
        player.play(song, start_s=2.0)
        self.until(lambda: player.position_s > 2.0)
        player.pause()
        self.pass_time(0.5)
        assert ledger.finished == []

    # ---------------------------------------------------------------------------------------------- trouble

    def test_a_file_that_is_no_sound_fails_with_a_sentence(self, player, ledger, song, tmp_path):
        player.play(str(sounds.text_called_mp3(tmp_path / "list.mp3")))
        self.until(lambda: ledger.failed)
        assert player.state is PlayerState.STOPPED
        assert ledger.failed[0].endswith(".")
        player.play(song, start_s=LENGTH_S - 0.2)
        self.until(lambda: ledger.finished)
        assert ledger.finished == [song]

    def test_a_missing_file_fails_with_its_name(self, player, ledger, tmp_path):
        player.play(str(tmp_path / "gone.flac"))
        self.until(lambda: ledger.failed)
        assert "gone.flac" in ledger.failed[0]

    def test_nothing_can_be_done_wrong_while_stopped(self, player, ledger):
        player.pause()
        player.resume()
        player.seek(3.0)
        player.stop()
        self.pass_time(0.1)
        assert player.state is PlayerState.STOPPED
        assert ledger.finished == ledger.failed == []

    # ---------------------------------------------------------------------------------------------- volume, close

    def test_the_volume_stays_between_nothing_and_all(self, player):
        player.volume = 0.3
        assert player.volume == 0.3
        player.volume = 7.0
        assert player.volume == 1.0
        player.volume = -1.0
        assert player.volume == 0.0

    def test_close_leaves_no_thread_and_nothing_plays_after(self, player, song):
        before = set(threading.enumerate())
        player.play(song)
        self.pass_time(0.3)
        player.close()
        assert set(threading.enumerate()) <= before
        player.play(song)
        assert player.state is PlayerState.STOPPED
        assert set(threading.enumerate()) <= before
