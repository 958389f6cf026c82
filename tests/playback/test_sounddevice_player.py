"""The sounding player on an output without a device: the contract, and what comes out."""

import threading
import time

import numpy as np
import pytest
import sounds
from playback import ear
from playback.paced_output import PacedOutput
from playback.player_contract import LENGTH_S, Ledger, PlayerContract, song

from musicdesk.playback.output import NO_DEVICE, WENT_AWAY
from musicdesk.playback.player import PlayerState
from musicdesk.playback.sounddevice_player import SounddevicePlayer

__all__ = ["song"]

RATE_HZ = 44_100


class TestSounddevicePlayer(PlayerContract):
    tolerance_s = 0.15

    def make_player(self):
        self.output = PacedOutput()
        return SounddevicePlayer(output=self.output)

    def pass_time(self, seconds):
        time.sleep(seconds)

    def play_through(self, player, path, **how):
        """Everything that sounds while a file is played to its end.  # [n, 2]"""
        ledger = Ledger(player)
        player.play(path, **how)
        self.until(lambda: ledger.finished or ledger.failed)
        assert not ledger.failed
        return self.output.heard

    # ---------------------------------------------------------------------------------------------- what comes out

    def test_every_sample_of_a_file_comes_out_unchanged(self, player, tmp_path):
        samples = np.column_stack([sounds.noise(length_s=0.4), sounds.noise(length_s=0.4, seed=1)])
        path = sounds.write(tmp_path / "noise.wav", samples)
        heard = self.play_through(player, str(path))
        begin = np.flatnonzero(heard.any(axis=1))[0]
        assert heard[begin : begin + len(samples)] == pytest.approx(samples, abs=1e-4)
        assert not heard[begin + len(samples) :].any()

    @pytest.mark.parametrize("ending", ["mp3", "m4a"])
    def test_every_kind_of_file_sounds_and_the_last_moment_is_not_cut(self, player, tmp_path, ending):
        samples = np.concatenate([sounds.sine(hz=440, length_s=0.5), sounds.sine(hz=1500, length_s=0.3)])
        path = sounds.write(tmp_path / f"two.{ending}", samples)
        heard = self.play_through(player, str(path))
        assert ear.seconds_of(heard, hz=1500, rate_hz=RATE_HZ, level=0.5) == pytest.approx(0.3, abs=0.04)

    def test_a_file_of_another_rate_keeps_its_pitch_and_length(self, player, tmp_path):
        path = sounds.tone(tmp_path / "low.wav", hz=300, rate_hz=22_050, length_s=0.5)
        heard = ear.loud(self.play_through(player, str(path)))
        assert len(heard) / RATE_HZ == pytest.approx(0.5, abs=0.02)
        assert sounds.pitch(heard, RATE_HZ) == pytest.approx(300, abs=1)

    def test_gain_and_volume_set_the_level(self, player, tmp_path):
        path = str(sounds.tone(tmp_path / "tone.wav", length_s=0.2, level=0.5))
        full = ear.level(ear.loud(self.play_through(player, path)))
        self.output.blocks.clear()
        quiet = ear.level(ear.loud(self.play_through(player, path, gain=0.5)))
        self.output.blocks.clear()
        player.volume = 0.5
        soft = ear.level(ear.loud(self.play_through(player, path)))
        assert (quiet / full, soft / full) == (pytest.approx(0.5, abs=0.02), pytest.approx(0.125, abs=0.01))

    def test_a_gain_above_one_never_clips(self, player, tmp_path):
        path = str(sounds.tone(tmp_path / "loud.wav", length_s=0.2, level=0.9))
        heard = self.play_through(player, path, gain=3.0)
        assert 0.9 < np.abs(heard).max() <= 1.0

    def test_an_excerpt_fades_in_and_out(self, player, tmp_path):
        path = str(sounds.tone(tmp_path / "tone.wav", length_s=3.0, level=0.5))
        heard = ear.loud(self.play_through(player, path, start_s=0.5, length_s=0.8), above=1e-4)
        ends = [ear.level(heard[:1000]), ear.level(heard[-1000:])]
        assert max(ends) < 0.05 < 0.45 < ear.level(heard[len(heard) // 2 :][:1000])

    @pytest.mark.parametrize("what", ["play", "seek", "pause", "stop", "volume"])
    def test_no_change_makes_a_click(self, player, song, tmp_path, what):
        other = str(sounds.tone(tmp_path / "other.wav", hz=330, length_s=2.0, level=0.1))
        player.play(song, start_s=0.3)
        self.until(lambda: player.position_s > 0.5)
        {
            "play": lambda: player.play(other, start_s=0.5013), "seek": lambda: player.seek(2.0007),
            "pause": player.pause, "stop": player.stop, "volume": lambda: setattr(player, "volume", 0.0),
        }[what]()  # fmt: skip
        self.pass_time(0.3)
        assert ear.roughness(self.output.heard) < 3 * ear.roughness(sounds.sine(level=0.1))

    def test_the_place_that_is_said_is_the_place_that_is_heard(self, player, tmp_path):
        how = {"low_hz": 200.0, "high_hz": 4000.0, "length_s": 20.0}
        path = sounds.write(tmp_path / "sweep.flac", sounds.sweep(**how))
        player.play(str(path), start_s=3.0)
        self.until(lambda: player.position_s > 3.3)
        player.seek(12.0)
        self.until(lambda: player.position_s > 12.3)
        said = player.position_s + self.output.latency_s  # this output keeps what a device would still hold back
        heard = ear.sweep_position_s(self.output.heard[-4096:], RATE_HZ, **how) + 2048 / RATE_HZ
        assert said == pytest.approx(heard, abs=0.1)

    # ---------------------------------------------------------------------------------------------- threads

    def test_events_come_on_the_decode_thread(self, player, song):
        threads = []
        player.finished.listen(lambda _: threads.append(threading.current_thread().name))
        self.play_through(player, song, start_s=LENGTH_S - 0.1)
        assert threads == ["musicdesk-playback"]

    def test_a_listener_may_play_the_next_track(self, player, song):
        ends = []
        player.finished.listen(lambda path: ends.append(path) or (len(ends) < 3 and player.play(path, start_s=3.9)))
        player.play(song, start_s=3.9)
        self.until(lambda: len(ends) == 3)

    def test_a_listener_may_close_the_player(self, player, song):
        player.finished.listen(lambda _: player.close())
        player.play(song, start_s=LENGTH_S - 0.1)
        self.until(lambda: not self.output.is_open and player.state is PlayerState.STOPPED)

    def test_of_many_quick_jumps_the_last_counts(self, player, song):
        player.play(song)
        for place in np.linspace(0.1, 3.0, 100):
            player.seek(float(place))
        assert player.position_s == self.near(3.0)
        self.until(lambda: player.position_s > 3.1)

    def test_many_plays_from_another_thread_leave_one_voice(self, player, song):
        threads = [
            threading.Thread(target=player.play, args=(song,), kwargs={"start_s": 3 + n / 40}) for n in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.until(lambda: player.state is PlayerState.STOPPED)

    # ---------------------------------------------------------------------------------------------- the device

    def test_without_a_device_the_sentence_comes_and_the_place_is_kept(self, song):
        output = PacedOutput(present=False)
        player = SounddevicePlayer(output=output)
        ledger = Ledger(player)
        player.play(song, start_s=1.0)
        self.until(lambda: ledger.failed)
        assert (player.problem, ledger.failed) == (NO_DEVICE, [NO_DEVICE])
        assert (player.state, player.position_s) == (PlayerState.PAUSED, 1.0)
        output.present = True
        player.resume()
        self.until(lambda: player.position_s > 1.1)
        assert player.problem == ""
        player.close()

    def test_a_device_that_goes_away_pauses_with_a_sentence(self, player, ledger, song):
        player.play(song)
        self.until(lambda: player.position_s > 0.3)
        self.output.unplug()
        self.until(lambda: ledger.failed)
        assert ledger.failed == [WENT_AWAY]
        assert player.state is PlayerState.PAUSED
        place = player.position_s
        self.output.present = True
        player.resume()
        self.until(lambda: player.position_s > place + 0.2)

    def test_a_device_that_comes_back_at_another_rate_goes_on_at_the_same_place(self, player, ledger, song):
        player.play(song, start_s=1.0)
        self.until(lambda: player.position_s > 1.2)
        self.output.unplug()
        self.until(lambda: ledger.failed)
        place = player.position_s
        self.output.present, self.output.rate_hz = True, 48_000
        self.output.blocks.clear()
        player.resume()
        self.until(lambda: player.position_s > place + 0.3)
        assert player.position_s < place + 1
        assert sounds.pitch(ear.loud(self.output.heard), 48_000) == pytest.approx(440, abs=3)

    def test_the_device_is_let_go_after_a_silence_and_taken_again(self, song):
        output = PacedOutput()
        player = SounddevicePlayer(output=output, idle_s=0.2)
        player.play(song, start_s=1.0)
        self.until(lambda: player.position_s > 1.1)
        player.pause()
        self.until(lambda: not output.is_open)
        player.resume()
        self.until(lambda: player.position_s > 1.5)
        assert output.opened == 2
        player.close()

    def test_a_file_that_breaks_off_plays_what_it_has(self, player, ledger, tmp_path):
        path = sounds.truncated(tmp_path / "half.flac", length_s=2.0)
        player.play(str(path))
        self.until(lambda: ledger.finished or ledger.failed)
        assert len(ear.loud(self.output.heard)) / RATE_HZ > 0.5
