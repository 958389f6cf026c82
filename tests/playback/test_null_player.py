"""The player that plays nothing keeps the contract exactly, by a clock that is given."""

import subprocess
import sys

import pytest
from playback.player_contract import LENGTH_S, Ledger, PlayerContract, song

from musicdesk.playback.player import NullPlayer, PlayerState, SilentPlayer

__all__ = ["song"]


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class TestNullPlayer(PlayerContract):
    tolerance_s = 0.021

    def make_player(self):
        self.clock = Clock()
        self.player = NullPlayer(clock=self.clock)
        return self.player

    def pass_time(self, seconds):
        self.clock.now += seconds
        self.player.tick()

    def now(self):
        return self.clock.now

    def test_it_is_exact(self, player, song):
        player.play(song, start_s=0.25)
        self.pass_time(1.5)
        assert player.position_s == 1.75
        player.pause()
        self.pass_time(99)
        assert player.position_s == 1.75

    def test_an_end_is_noticed_when_the_clock_has_passed_it(self, player, ledger, song):
        player.play(song)
        self.pass_time(LENGTH_S - 0.01)
        assert ledger.finished == []
        self.pass_time(0.02)
        assert ledger.finished == [song]

    def test_a_listener_may_play_the_next_track(self, player, song):
        player.finished.listen(lambda path: player.play(path, start_s=1.0))
        player.play(song)
        self.pass_time(LENGTH_S + 1)
        assert (player.state, player.position_s) == (PlayerState.PLAYING, 1.0)


def test_lengths_can_be_given_so_that_no_file_is_needed():
    clock = Clock()
    player = NullPlayer(clock=clock, length_of=lambda _: 180.0)
    player.play("no such file", start_s=100.0)
    clock.now += 30
    assert (player.position_s, player.length_s) == (130.0, 180.0)


def test_a_silent_player_says_why_it_is_silent():
    player = SilentPlayer("There is no sound here.")
    ledger = Ledger(player)
    player.play("song.mp3")
    assert player.problem == "There is no sound here."
    assert (player.state, ledger.failed) == (PlayerState.STOPPED, ["There is no sound here."])


@pytest.mark.parametrize("module", ["sounddevice", "soundfile", "av"])
def test_the_protocol_loads_without_devices_and_decoders(module):
    script = f"import sys, musicdesk.playback.player; sys.exit('{module}' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
