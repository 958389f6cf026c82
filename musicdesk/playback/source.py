"""The sound of a file as the player takes it: a header, then stereo blocks from any place on."""

from collections.abc import Iterator

import numpy as np

from musicdesk.audio import decode
from musicdesk.playback.mixer import CHANNELS
from musicdesk.playback.voice import Voice
from musicdesk.records import FloatArray

BLOCK_S = 0.25
NO_LENGTH_S = 0.01
"""A start this near to the end leaves nothing to play."""


def length_s(path: str) -> float:
    """Seconds of the whole file as its header says; raises UnreadableAudio."""
    return decode.info(path).length_s


def blocks(voice: Voice, *, rate_hz: int) -> Iterator[FloatArray]:
    """The voice's sound from its start to its end, with its gain and the fades of its excerpt.

    Blocks of a quarter of a second [n, 2] float32 at ``rate_hz``; raises UnreadableAudio where the file breaks off.
    """
    if voice.length_s and voice.start_s >= voice.length_s - NO_LENGTH_S:
        return
    position = voice.start_s
    for clip in decode.blocks(voice.path, start_s=voice.start_s, rate_hz=rate_hz, channels=CHANNELS, block_s=BLOCK_S):
        shaped = voice.excerpt.shaped(clip.samples, position_s=position, rate_hz=rate_hz)
        yield shaped * np.float32(voice.gain)
        if len(shaped) < len(clip.samples):
            return
        position += len(clip.samples) / rate_hz
