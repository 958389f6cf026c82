"""What a real sound device is given, recorded from a virtual one. See test_virtual_sink, which runs this."""

import os
import subprocess
import threading
import time

import numpy as np
import pytest
import sounds
from playback import ear
from playback.player_contract import PlayerBench, PlayerContract, song

from musicdesk.playback.player import PlayerState, open_player

__all__ = ["song"]

RATE_HZ = 44_100
SWEEP = {"low_hz": 200.0, "high_hz": 4000.0, "length_s": 40.0}


class Recorder:
    """Records what the virtual device is given, from entering to leaving."""

    def __enter__(self):
        sink = os.environ["MUSICDESK_VIRTUAL_SINK"]
        self._process = subprocess.Popen(
            ["parec", f"--device={sink}.monitor", "--format=float32le", f"--rate={RATE_HZ}", "--channels=2", "--raw",
             "--latency-msec=20"], stdout=subprocess.PIPE,
        )  # fmt: skip
        self._chunks: list[bytes] = []
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        while not self._chunks:
            time.sleep(0.01)
        return self

    def _read(self):
        while chunk := os.read(self._process.stdout.fileno(), 65_536):
            self._chunks.append(chunk)

    def __exit__(self, *_):
        time.sleep(0.2)
        self._process.terminate()
        self._thread.join()
        self._process.wait()
        self._process.stdout.close()

    @property
    def samples(self):
        """Everything recorded so far.  # [n, 2]"""
        data = b"".join(self._chunks)
        return np.frombuffer(data[: len(data) // 8 * 8], dtype="<f4").reshape(-1, 2)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    return str(sounds.write(tmp_path_factory.mktemp("sweep") / "sweep.flac", sounds.sweep(**SWEEP)))


class OnDevice(PlayerBench):
    tolerance_s = 0.25  # other processes may hold the machine

    def make_player(self):
        return open_player()

    def pass_time(self, seconds):
        time.sleep(seconds)


class TestContract(OnDevice, PlayerContract):
    """The same promises, kept on a real device."""


class TestSound(OnDevice):
    def recorded(self, player, path, **how):
        """What is heard while a file is played to its end.  # [n, 2]"""
        ends = []
        player.finished.listen(ends.append)
        with Recorder() as recorder:
            player.play(str(path), **how)
            self.until(lambda: ends)
        return recorder.samples

    def test_the_tone_that_is_played_is_heard_whole(self, player, tmp_path):
        heard = ear.loud(self.recorded(player, sounds.tone(tmp_path / "tone.ogg", hz=440, length_s=1.5, level=0.5)))
        assert sounds.pitch(heard, RATE_HZ) == pytest.approx(440, abs=0.5)
        assert ear.seconds_of(heard, hz=440, rate_hz=RATE_HZ, level=0.5) == pytest.approx(1.5, abs=0.05)

    def test_left_stays_left_and_right_stays_right(self, player, tmp_path):
        both = np.column_stack([sounds.sine(hz=440, length_s=0.6), sounds.sine(hz=660, length_s=0.6)])
        heard = ear.loud(self.recorded(player, sounds.write(tmp_path / "both.wav", both)))
        pitches = [sounds.pitch(heard[:, side], RATE_HZ) for side in (0, 1)]
        assert pitches == [pytest.approx(440, abs=2), pytest.approx(660, abs=2)]

    def test_gain_and_volume_are_heard_as_levels(self, player, tmp_path):
        path = sounds.tone(tmp_path / "tone.wav", length_s=0.8, level=0.5)
        levels = []
        for gain, volume in ((1.0, 1.0), (0.5, 1.0), (1.0, 0.5)):
            player.volume = volume
            levels.append(ear.level(ear.loud(self.recorded(player, path, gain=gain))[4000:-4000]))
        assert levels == [pytest.approx(level, rel=0.05) for level in (0.5, 0.25, 0.0625)]

    def test_the_last_moment_of_a_file_is_heard(self, player, tmp_path):
        end = sounds.sine(hz=1500, length_s=0.3, level=0.4)
        path = sounds.write(tmp_path / "end.flac", np.concatenate([sounds.sine(hz=400, length_s=0.7), end]))
        heard = self.recorded(player, path)
        assert ear.seconds_of(heard, hz=1500, rate_hz=RATE_HZ, level=0.4) == pytest.approx(0.3, abs=0.03)

    def test_a_jump_is_heard_where_it_was_aimed(self, player, sweep):
        player.play(sweep)
        self.until(lambda: player.position_s > 0.3)
        with Recorder() as recorder:
            player.seek(30.0)
            self.until(lambda: player.position_s > 30.4)
            player.pause()
            time.sleep(0.4)
        heard = ear.loud(recorder.samples)
        arrived = [self.place(heard[at : at + 4096]) for at in range(0, len(heard) - 8192, 2048)]
        after = [place for place in arrived if place > 20]
        assert min(after) == pytest.approx(30.0, abs=0.15)

    def test_a_pause_is_silent_and_keeps_the_place(self, player, sweep):
        player.play(sweep, start_s=10.0)
        self.until(lambda: player.position_s > 10.3)
        player.pause()
        time.sleep(0.4)
        with Recorder() as recorder:
            time.sleep(0.4)
        assert not recorder.samples.any()
        place = player.position_s
        with Recorder() as recorder:
            player.resume()
            self.until(lambda: player.position_s > place + 0.3)
        assert self.place(ear.loud(recorder.samples)[1024:5120]) == pytest.approx(place, abs=0.15)

    def test_the_position_is_that_of_what_is_heard(self, player, sweep):
        errors = []
        with Recorder() as recorder:
            player.play(sweep, start_s=5.0)
            self.until(lambda: player.position_s > 5.3)
            for _ in range(10):
                time.sleep(0.1)
                said, heard = player.position_s, recorder.samples[-2048:]
                errors.append(said - self.place(heard) - 1024 / RATE_HZ)
        print("position said minus heard, ms:", [round(1000 * error) for error in errors])
        assert np.median(errors) == pytest.approx(0.0, abs=0.12)

    def test_a_new_track_begins_while_another_plays(self, player, sweep, tmp_path):
        path = sounds.tone(tmp_path / "next.wav", hz=900, length_s=0.8, level=0.3)
        player.play(sweep, start_s=1.0)
        self.until(lambda: player.position_s > 1.3)
        heard = self.recorded(player, path)
        assert ear.seconds_of(heard, hz=900, rate_hz=RATE_HZ, level=0.3) == pytest.approx(0.8, abs=0.05)
        assert player.state is PlayerState.STOPPED

    def place(self, heard):
        return ear.sweep_position_s(heard, RATE_HZ, **SWEEP)
