"""The heads of HTCL in numpy: what a library's rows and a listener's words need, without torch.

The same numbers as ``htcl_net`` gives, for a tower on vectors without blocks, one row a track.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy

from musicdesk.errors import BadRequest, ModelUnavailable
from musicdesk.records import FloatArray, unit_rows

EPSILON = np.float32(1e-5)
"""Added to the variance within a norm."""
BLOCK_ROWS = 4_096


class RowsHead:
    """Pooled rows of another encoder to rows of the shared space, of length one."""

    def __init__(self, tensors: Mapping[str, FloatArray]) -> None:
        """Raises ModelUnavailable if a tensor is missing, or not finite."""
        self._mean, self._scale = _tensor(tensors, "tower.mean"), _tensor(tensors, "tower.scale")
        self._weight, self._bias = _tensor(tensors, "tower.rows.weight"), _tensor(tensors, "tower.rows.bias")
        self._stretch, self._shift = _tensor(tensors, "tower.norm.weight"), _tensor(tensors, "tower.norm.bias")
        self._head = _layers(tensors, "audio_head")

    def __call__(self, rows: FloatArray) -> FloatArray:
        """[n, inputs] → [n, joint]; raises BadRequest for rows of another encoder."""
        if rows.ndim != 2 or rows.shape[1] != len(self._mean):
            raise BadRequest(f"This stands on rows of {len(self._mean)} numbers; these have the shape {rows.shape}.")
        result = np.empty((len(rows), len(self._head[-1][1])), np.float32)
        for at in range(0, len(rows), BLOCK_ROWS):
            result[at : at + BLOCK_ROWS] = self._block(np.asarray(rows[at : at + BLOCK_ROWS], np.float32))
        return result

    def _block(self, rows: FloatArray) -> FloatArray:
        states = ((rows - self._mean) * self._scale) @ self._weight.T + self._bias
        states -= states.mean(axis=1, keepdims=True)
        states /= np.sqrt(np.square(states).mean(axis=1, keepdims=True) + EPSILON)
        states = np.maximum(states * self._stretch + self._shift, np.float32(0))
        return unit_rows(_through(self._head, states.astype(np.float32, copy=False)))


class TextHead:
    """Vectors of sentences to rows of the shared space, of length one."""

    def __init__(self, tensors: Mapping[str, FloatArray]) -> None:
        """Raises ModelUnavailable if a tensor is missing, or not finite."""
        self._head = _layers(tensors, "text_head")

    @property
    def inputs(self) -> int:
        """Numbers of a sentence's vector."""
        return int(self._head[0][0].shape[1])

    def __call__(self, sentences: FloatArray) -> FloatArray:
        """[n, inputs] → [n, joint]"""
        return unit_rows(_through(self._head, np.asarray(sentences, np.float32)))


def read_tensors(path: Path) -> dict[str, FloatArray]:
    """The tensors of a kept network; raises ModelUnavailable."""
    try:
        tensors = safetensors.numpy.load_file(path)
    except (OSError, safetensors.SafetensorError, ValueError) as error:
        raise ModelUnavailable(f"The weights {path} cannot be read ({error}). Learn them anew.") from error
    return {name: np.asarray(values, np.float32) for name, values in tensors.items()}


def _layers(tensors: Mapping[str, FloatArray], name: str) -> list[tuple[FloatArray, FloatArray]]:
    """The linear layers of a head, in order."""
    found = (key.split(".") for key in tensors if key.startswith(f"{name}.") and key.endswith(".weight"))
    numbers = sorted(int(parts[1]) for parts in found)
    if not numbers or numbers != list(range(0, 2 * len(numbers), 2)):
        raise ModelUnavailable(f"The kept network lacks its {name}. Learn it anew.")
    return [(_tensor(tensors, f"{name}.{n}.weight"), _tensor(tensors, f"{name}.{n}.bias")) for n in numbers]


def _through(layers: list[tuple[FloatArray, FloatArray]], states: FloatArray) -> FloatArray:
    for number, (weight, bias) in enumerate(layers):
        states = np.maximum(states, 0) if number else states
        states = states @ weight.T + bias
    return states


def _tensor(tensors: Mapping[str, FloatArray], name: str) -> FloatArray:
    found = tensors.get(name)
    if found is None or not np.isfinite(found).all():
        raise ModelUnavailable(f"The kept network lacks its {name}, or it is broken. Learn it anew.")
    return found
