"""Phrases by ear: how near every track is to a text, where the encoder in use puts texts and sounds into one space."""

import logging
from functools import lru_cache
from pathlib import Path

import numpy as np

from musicdesk.encoders import registry
from musicdesk.encoders.base import EncoderPlugin, Phrases
from musicdesk.encoders.zoo import weights
from musicdesk.errors import ModelUnavailable, NotFound
from musicdesk.records import FloatArray

_log = logging.getLogger(__name__)


def nearness(name: str, models: Path, text: str, matrix: FloatArray) -> FloatArray | None:
    """The cosine of each of an encoder's vectors [n, dim] with a text [n]; None where it hears no texts here.

    The library that its words need may be missing while its sounds are heard: then its words are not.
    """
    try:
        plugin = registry.plugin(name, models)
        return None if plugin.open_text is None else _cosines(_opened(plugin, models), text, matrix)
    except NotFound:
        return None
    except ModelUnavailable as error:
        _log.warning("Phrases are taken word by word: %s", error)
        return None


def _cosines(phrases: Phrases, text: str, matrix: FloatArray) -> FloatArray:
    heard = phrases.encode_text([text])[0]
    length = np.maximum(np.linalg.norm(matrix, axis=1), np.float32(1e-9))
    return np.asarray(matrix @ heard / length, dtype=np.float32)


@lru_cache(maxsize=1)
def _opened(plugin: EncoderPlugin, models: Path) -> Phrases:
    assert plugin.open_text is not None
    return plugin.open_text(weights.folder_of(plugin.spec, models))
