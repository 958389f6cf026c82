"""Tensors out of checkpoints as their authors publish them, and into safetensors; used by conversions alone.

A pickle is read with ``weights_only=True``: tensors and plain values come back, and nothing that it names is imported
or run. What else a training left in it (a configuration, a schedule) becomes an object that does nothing. It happens in
a child process (see ``weights``), where a broken file costs no more than a sentence.
"""

import json
import re
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Self

import safetensors
import safetensors.torch
import torch

from musicdesk.errors import ModelUnavailable

WRAPPERS = ("state_dict", "model_state_dict", "model", "module")
"""Under what checkpoints keep the network, beside the state of its training."""
_NAMES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
    torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
}  # fmt: skip
"""What safetensors calls the types of numbers."""
_ALIGNED = 8
_REFUSED = re.compile(r"Unsupported global: GLOBAL (\S+) was not")
"""How torch says that a pickle names something that it does not know."""


class _Inert:
    """What takes the place of a class or function that a pickle names: it accepts all and does nothing."""

    def __new__(cls, *_args: Any, **_named: Any) -> Self:
        return super().__new__(cls)

    def __init__(self, *_args: Any, **_named: Any) -> None:
        pass

    def __setstate__(self, _state: Any) -> None:
        pass


def tensors_of(path: Path) -> dict[str, torch.Tensor]:
    """The tensors of a pickled checkpoint, flat name → tensor on the CPU, taken out of what they are wrapped in.

    They may lie in the file still (memory-mapped): change none of them.

    Raises:
        ModelUnavailable: it is no checkpoint, a damaged one, or one that wants to run code.
    """
    found = _unwrapped(_loaded(path))
    tensors = dict(_flat(found)) if isinstance(found, Mapping) else {}
    if not tensors:
        raise ModelUnavailable(f"{path.name} holds no tensors. Fetch it again from where its authors publish it.")
    return tensors


def read_safetensors(path: Path) -> dict[str, torch.Tensor]:
    """The tensors of a safetensors file, name → tensor on the CPU; raises ModelUnavailable if it is none."""
    try:
        tensors: dict[str, torch.Tensor] = safetensors.torch.load_file(path)
    except (OSError, safetensors.SafetensorError, ValueError) as error:
        raise ModelUnavailable(f"{path.name} is no safetensors file, or a damaged one ({_first(error)}).") from error
    return tensors


def write_safetensors(tensors: Mapping[str, torch.Tensor], path: Path) -> None:
    """Write tensors as safetensors, one after the other: no more memory is needed than the largest takes.

    Tensors that share memory or lie in it with gaps are written out whole. The same tensors give the same bytes.
    Raises ModelUnavailable for numbers of an unknown type, OSError where the file cannot be written.
    """
    names = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))  # keeps every tensor aligned
    header = _header(tensors, names)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        for name in names:
            file.write(_bytes(tensors[name]))


def _loaded(path: Path) -> Any:
    """What a pickle holds; memory-mapped where its form allows that."""
    try:
        try:
            unknown = torch.serialization.get_unsafe_globals_in_checkpoint(path)
        except ValueError:  # the form that torch wrote before 1.6, or no checkpoint at all
            return _loaded_old_form(path)
        with torch.serialization.safe_globals([(_Inert, name) for name in unknown]):
            return torch.load(path, weights_only=True, map_location="cpu", mmap=True)
    except FileNotFoundError as error:
        raise ModelUnavailable(f"{path.name} is missing.") from error
    except UnpicklingError as error:
        raise ModelUnavailable(
            f"{path.name} is no checkpoint, or it holds more than numbers; none of it was run ({_first(error)})."
        ) from error
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise ModelUnavailable(f"{path.name} is damaged, or no checkpoint ({_first(error)}).") from error


def _loaded_old_form(path: Path) -> Any:
    """As ``_loaded``, of a form that does not tell beforehand what it names: read until all names are known."""
    unknown: list[str] = []
    while True:
        try:
            with torch.serialization.safe_globals([(_Inert, name) for name in unknown]):
                return torch.load(path, weights_only=True, map_location="cpu")
        except UnpicklingError as error:
            refused = _REFUSED.search(str(error))
            if refused is None or refused[1] in unknown:
                raise
            unknown.append(refused[1])


def _unwrapped(found: Any) -> Any:
    while isinstance(found, Mapping):
        inner = next((found[name] for name in WRAPPERS if isinstance(found.get(name), Mapping)), None)
        if inner is None:
            break
        found = inner
    return found


def _flat(tree: Mapping[Any, Any], above: str = "") -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors of nested tables, their names joined by dots; all else is left out."""
    for name, value in tree.items():
        if isinstance(value, torch.Tensor):
            yield f"{above}{name}", value.detach()
        elif isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")


def _header(tensors: Mapping[str, torch.Tensor], names: list[str]) -> bytes:
    """The table of contents: type, shape and place of every tensor."""
    table: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name in names:
        tensor = tensors[name]
        if tensor.dtype not in _NAMES:
            raise ModelUnavailable(f"The tensor {name} is of a type that musicdesk does not keep ({tensor.dtype}).")
        end = at + tensor.numel() * tensor.element_size()
        table[name] = {"dtype": _NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(table, separators=(",", ":")).encode()
    return text + b" " * (-len(text) % _ALIGNED)


def _bytes(tensor: torch.Tensor) -> memoryview:
    return tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data


def _first(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0].split(". ")[0].rstrip(".")
