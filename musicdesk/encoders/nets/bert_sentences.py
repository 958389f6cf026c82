"""Sentence vectors by BERT-family networks (Devlin et al., 2019), as the library ``transformers`` has them.

Settings and weights are read here and given to the library's own classes: nothing is looked up on a network, no pickle
is read, and no code that lies beside the weights is run. The vector of a text is the mean over its words (Reimers &
Gurevych, 2019), or what the network was told to sum it up by.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from tokenizers import Encoding, Tokenizer
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from musicdesk.encoders.read_once import ReadOnce
from musicdesk.encoders.sentences import MODEL, PUBLISHED_SETTINGS, SETTINGS, TOKENS
from musicdesk.encoders.zoo.unpickling import read_safetensors
from musicdesk.errors import BadRequest, ModelUnavailable
from musicdesk.records import FloatArray, unit_rows

Pooling = Literal["mean", "first", "pooler"]
"""The mean over words, the state of the first token, or what the network's own layer makes of it."""
FAMILY = ("albert", "bert", "camembert", "distilbert", "electra", "mpnet", "roberta", "xlm-roberta")
MOST_TOKENS = 256
"""Of a longer text the beginning is read, as all-MiniLM-L6-v2 was trained."""
BATCH = 32
_LEFT_OUT = ("auto_map", "dtype", "torch_dtype", "transformers_version", "_name_or_path", "architectures")
"""Settings that say nothing of the network's shape, or name code to be run."""
_OLD_NAMES = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}


class BertSentences:
    """Texts to vectors of length one; ``folder`` holds settings, weights and tokens."""

    def __init__(
        self, folder: Path, *, name: str, pooling: Pooling | None = None, tensors: Mapping[str, Tensor] | None = None
    ) -> None:
        """``tensors`` take the place of those in the folder; raises ModelUnavailable."""
        settings = read_settings(folder)
        tensors = read_safetensors(folder / MODEL) if tensors is None else tensors
        self._name, self._pooling = name, pooling or _pooling(folder)
        self._network = network_of(settings, tensors, pooler=self._pooling == "pooler", name=name)
        self._tokens = _tokenizer(folder / TOKENS, most=_most(settings))
        self._fills = int(self._network.config.pad_token_id or 0)
        self._read = ReadOnce(self._passed)

    @property
    def name(self) -> str:
        """As the settings have it."""
        return self._name

    @property
    def dim(self) -> int:
        """Numbers of a vector."""
        return int(self._network.config.hidden_size)

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """One vector of length one a text.  # [n, dim]

        Raises:
            BadRequest: a text is empty.
        """
        return unit_rows(self.pooled(texts))

    def pooled(self, texts: Sequence[str]) -> FloatArray:
        """As :meth:`encode`, but as long as they come.  # [n, dim]"""
        return self._read(texts)

    def _passed(self, texts: Sequence[str]) -> FloatArray:
        """Through the network, those of like length together.  # [n, dim]"""
        result = np.zeros((len(texts), self.dim), np.float32)
        told = self._tokens.encode_batch([_readable(text) for text in texts])
        order = sorted(range(len(told)), key=lambda number: len(told[number].ids))
        with one_thread(), torch.inference_mode():
            for at in range(0, len(order), BATCH):
                which = order[at : at + BATCH]
                result[which] = self._pass([told[number] for number in which])
        return result

    def _pass(self, told: Sequence[Encoding]) -> FloatArray:
        """One forward pass over texts of about the same length."""
        longest = max(len(one.ids) for one in told)
        numbers = torch.tensor([one.ids + [self._fills] * (longest - len(one.ids)) for one in told])
        there = torch.tensor([[1] * len(one.ids) + [0] * (longest - len(one.ids)) for one in told])
        said = self._network(input_ids=numbers, attention_mask=there)
        if self._pooling == "pooler":
            pooled = said.pooler_output
        elif self._pooling == "first":
            pooled = said.last_hidden_state[:, 0]
        else:
            weights = there[..., None].to(torch.float32)
            pooled = (said.last_hidden_state * weights).sum(1) / weights.sum(1)
        return np.asarray(pooled.float().numpy(), np.float32)


def check(folder: Path) -> None:
    """Raise ModelUnavailable unless a folder of published files is a network of the family that can be read."""
    BertSentences(folder, name=folder.name).encode(["music"])


def network_of(settings: Mapping[str, Any], tensors: Mapping[str, Tensor], *, pooler: bool, name: str) -> Any:
    """The library's network filled with tensors; heads that it was trained with stay behind."""
    config = config_of(settings, name=name)
    with torch.device("meta"):
        network: nn.Module = AutoModel.from_config(config)  # type: ignore[no-untyped-call]
    wanted = [key for key in network.state_dict() if pooler or not key.startswith("pooler.")]
    found = {key: _found(key, tensors, name=name).to(torch.float32) for key in wanted}
    unused = {key: torch.zeros(tensor.shape) for key, tensor in network.state_dict().items() if key not in found}
    try:
        network.load_state_dict({**unused, **found}, assign=True)
    except RuntimeError as error:
        raise _other(name, str(error).splitlines()[-1].strip()) from error
    _fill_tables(network)
    return network.eval().requires_grad_(False)


def config_of(settings: Mapping[str, Any], *, name: str) -> Any:
    """The library's record of a network's shape; raises ModelUnavailable for one outside the family."""
    kind = settings.get("model_type")
    if kind not in FAMILY:
        raise ModelUnavailable(
            f"{name} is a network of the kind {kind!r}. Sentences can be read by: {', '.join(FAMILY)}."
        )
    told = {key: value for key, value in settings.items() if key not in (*_LEFT_OUT, "model_type")}
    try:
        return AutoConfig.for_model(kind, **told)
    except (TypeError, ValueError, KeyError) as error:
        raise _other(name, f"its settings cannot be read: {error}") from error


def read_settings(folder: Path) -> dict[str, Any]:
    """The settings of the network in a folder; raises ModelUnavailable."""
    path = folder / SETTINGS if (folder / SETTINGS).is_file() else folder / PUBLISHED_SETTINGS
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnavailable(f"The settings {path} cannot be read ({error}). Install them again.") from error
    if not isinstance(settings, dict):
        raise ModelUnavailable(f"The settings {path} are no table. Install them again.")
    return settings


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold torch to one thread while the block runs: for short texts more of them only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _found(key: str, tensors: Mapping[str, Tensor], *, name: str) -> Tensor:
    """A tensor under its name, with what a larger network puts before it, or as it was called of old."""
    old = next((key.replace(new, before) for new, before in _OLD_NAMES.items() if new in key), key)
    for wanted in dict.fromkeys((key, old)):
        for there in (wanted, *(f"{kind.replace('-', '_')}.{wanted}" for kind in FAMILY)):
            if there in tensors:
                return tensors[there]
    raise _other(name, f"{key} is missing")


def _fill_tables(network: nn.Module) -> None:
    """The library's own tables of places and kinds, which are in no file."""
    for module in network.modules():
        for name, table in module.named_buffers(recurse=False):
            made = torch.arange(table.shape[-1]).expand(table.shape) if name == "position_ids" else torch.zeros(
                table.shape, dtype=table.dtype)  # fmt: skip
            setattr(module, name, made.clone())


def _pooling(folder: Path) -> Pooling:
    """What sums a text up, as sentence-transformers notes it beside its networks; the mean where nothing is said."""
    try:
        told = json.loads((folder / "1_Pooling" / "config.json").read_text(encoding="utf-8"))
        return "first" if told.get("pooling_mode_cls_token") else "mean"
    except (OSError, ValueError, AttributeError):
        return "mean"


def _most(settings: Mapping[str, Any]) -> int:
    places = settings.get("max_position_embeddings", 512)
    return min(MOST_TOKENS, places - 2 if isinstance(places, int) else MOST_TOKENS)


def _tokenizer(path: Path, *, most: int) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # noqa: BLE001, RUF100  the library raises no other kind
        raise ModelUnavailable(f"The words {path} cannot be read: {error}. Install them again.") from error
    tokenizer.enable_truncation(max(most, 8))
    tokenizer.no_padding()
    return tokenizer


def _readable(text: str) -> str:
    """A text without what no table of words can hold; raises BadRequest if nothing is left."""
    cleaned = text.encode("utf-8", "ignore").decode().replace("\0", " ").strip()
    if not cleaned:
        raise BadRequest("A text to search with needs at least one word.")
    return cleaned


def _other(name: str, why: str) -> ModelUnavailable:
    return ModelUnavailable(f"{name} is not the network that its settings describe: {why}. Take its files anew.")
