"""A real sound device that goes away. Run through ``virtual_audio.sh``, see test_virtual_sink; ends its server."""

import os
import signal
import time

import sounds

from musicdesk.playback.player import PlayerState, open_player


def until(happened):
    for _ in range(500):
        if happened():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen")


def test_a_device_that_goes_away_is_told_in_a_sentence(tmp_path):
    path = str(sounds.tone(tmp_path / "tone.wav", length_s=20.0, level=0.1))
    player = open_player()
    failed, finished = [], []
    player.failed.listen(failed.append)
    player.finished.listen(finished.append)
    player.play(path)
    until(lambda: player.position_s > 0.3)
    os.kill(int(os.environ["MUSICDESK_VIRTUAL_SERVER"]), signal.SIGTERM)
    until(lambda: failed)
    assert "went away" in failed[0]
    assert player.state is PlayerState.PAUSED
    player.resume()
    until(lambda: len(failed) > 1)
    assert "sound device" in failed[1]
    assert player.state is PlayerState.PAUSED
    player.close()
    assert not finished
