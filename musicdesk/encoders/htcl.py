"""HTCL: sounds and words in one space of 100 numbers, bent towards what listeners choose together.

Pan et al., "Bridging the gap between semantic and user preference spaces for multi-modal music representation learning"
(ICMR 2025, arXiv 2505.23298). ``htcl`` is the published network: two minutes of log-mel through convolutions and a
transformer; its words need ``text.safetensors`` and the extra ``text``. Its weights are MIT by their card; the code
published beside them bears no licence, and nothing of it is used here. ``htcl-NAME`` was learned on this computer, from
spectrograms or on the rows of the encoder that heard the library; then tracks need not be decoded again.
"""

import logging
import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from musicdesk.encoders.base import (
    Download,
    Encoder,
    EncoderPlugin,
    EncoderSpec,
    Head,
    Loudness,
    WeightsSpec,
)
from musicdesk.encoders.htcl_kept import KIND, WEIGHTS, Kept, read_config, read_report, write
from musicdesk.encoders.nets.htcl_config import FULL, MEL, MEL_SOURCE, HtclConfig, log_mels
from musicdesk.encoders.nets.htcl_rows import RowsHead, TextHead, read_tensors
from musicdesk.encoders.sentences import EXTRA, Sentences, open_sentences
from musicdesk.encoders.zoo import weights
from musicdesk.errors import ModelUnavailable
from musicdesk.records import EncoderKey, FloatArray, unit_rows

if TYPE_CHECKING:
    from musicdesk.encoders.nets.htcl_text import PublishedText

__all__ = ["KIND", "PLUGIN", "SPEC", "TRAINED", "Kept", "Words", "base_of", "plugin_of", "read_config", "read_report",
           "write"]  # fmt: skip

TRAINED = "htcl-"
"""How the names of those begin that were learned on this computer."""
TORCH_MB = 120
"""What a forward pass takes beside the weights."""
TOKENS, SETTINGS, BERT_SETTINGS = "tokenizer.json", "bert.json", "config.json"
TEXT_WEIGHTS = "text.safetensors"
_BERT = "https://huggingface.co/google-bert/bert-base-multilingual-uncased/resolve/main"
_log = logging.getLogger(__name__)


class Words:
    """Texts in the space of a learned HTCL: a sentence encoder, then the head that was learned."""

    def __init__(self, sentences: Sentences, head: TextHead, *, name: str) -> None:
        """Raises ModelUnavailable if the head was learned on another sentence encoder."""
        if sentences.dim != head.inputs:
            raise ModelUnavailable(
                f"{name} was learned with sentences of {head.inputs} numbers; {sentences.name} gives {sentences.dim}. "
                "Learn it anew: musicdesk meaning learn"
            )
        self._sentences, self._head = sentences, head

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        """One vector of length one a text.  # [n, joint]

        Raises:
            BadRequest: a text is empty.
        """
        return self._head(self._sentences.encode(texts))


# ------------------------------------------------------------------------------------------------------ as published


def front_end(windows: Sequence[FloatArray]) -> FloatArray:
    """Two minutes as log-mel; what is shorter is filled up with silence.  # [n, 1251, 128]"""
    return _spectrograms(windows, config=FULL)


def load(folder: Path, device: str, *, spec: EncoderSpec | None = None, config: HtclConfig = FULL) -> Encoder:
    """The published network; raises ModelUnavailable."""
    from musicdesk.encoders.nets.htcl_encoder import open_published

    return open_published(spec or SPEC, folder / WEIGHTS, device, config)


def open_text(folder: Path, *, config: HtclConfig = FULL) -> "PublishedText":
    """What encodes words into the same space, from the folder of the same weights; raises ModelUnavailable."""
    try:
        from musicdesk.encoders.nets.htcl_text import PublishedText
    except ImportError as error:
        raise ModelUnavailable(
            f'The words of HTCL need the Python package {error.name}. Run: pip install "musicdesk[{EXTRA}]"'
        ) from error
    return PublishedText(folder, config)


def convert(source: Path, folder: Path, *, config: HtclConfig = FULL) -> None:
    """The published pickles as two safetensors files, and the tokens beside; raises ModelUnavailable."""
    from musicdesk.encoders.nets.htcl_checkpoint import convert_htcl

    convert_htcl(source, folder, config=config)


def to_unit_rows(_folder: Path) -> Head:
    """A track is the mean of its windows, brought back to length one."""
    return unit_rows


# ------------------------------------------------------------------------------------------- learned on this computer


def base_of(folder: Path) -> EncoderKey | None:
    """The encoder on whose rows the network in a folder stands; None for one on spectrograms, or none at all."""
    try:
        return read_config(folder).base
    except ModelUnavailable:
        return None


def plugin_of(folder: Path, base: EncoderPlugin | None = None) -> EncoderPlugin | None:
    """The encoder that a folder holds; None where it holds none, or stands on an encoder that is not ``base``."""
    try:
        kept = read_config(folder)
    except ModelUnavailable:
        return None
    if kept.base is None:
        return _on_spectrograms(folder, kept) if kept.config.source == MEL_SOURCE else None
    if base is None or base.base is not None or base.spec.key != kept.base:
        _log.warning("%s stands on %s, which is not here in that version; it is left out.", folder.name, kept.base)
        return None
    return _on_rows(folder, kept, base)


def _on_spectrograms(folder: Path, kept: Kept) -> EncoderPlugin:
    config = kept.config
    spec = EncoderSpec(
        key=EncoderKey(folder.name, kept.sha256[:12], f"16k-{config.seconds:g}s-raw"),
        title=_title(folder),
        dim=config.joint,
        rate_hz=MEL.rate_hz,
        window_s=config.seconds,
        windows=config.windows,
        licence="yours",
        source=_MADE,
        weights=_weights(kept),
        devices=("cpu", "cuda", "mps"),
        batch=16,
        setting=f"shared space of sounds and words; {config.layers} × {config.width} over {config.seconds:g} s of mel",
        loudness=Loudness.RAW,
        memory_mb=math.ceil(kept.size_bytes / 2**20) + TORCH_MB,
    )
    return EncoderPlugin(
        spec, partial(_load_kept, spec, config), partial(_spectrograms, config=config),
        open_text=_open_words, head=to_unit_rows,
    )  # fmt: skip


def _on_rows(folder: Path, kept: Kept, base: EncoderPlugin) -> EncoderPlugin:
    heard = base.spec
    spec = EncoderSpec(
        key=EncoderKey(folder.name, kept.sha256[:12], heard.key.front_end),
        title=f"{_title(folder)}, on {heard.title}",
        dim=kept.config.joint,
        rate_hz=heard.rate_hz,
        window_s=heard.window_s,
        windows=heard.windows,
        licence="yours",
        source=_MADE,
        vocabulary=heard.vocabulary,
        weights=_weights(kept),
        devices=heard.devices,
        batch=heard.batch,
        setting=f"shared space of sounds and words, on the rows of {heard.title}",
        loudness=heard.loudness,
        memory_mb=heard.memory_mb,
        limit_s=heard.limit_s,
        extra=heard.extra,
        libraries=heard.libraries,
    )
    return EncoderPlugin(
        spec, partial(_load_base, base), base.front_end, open_text=_open_words,
        head=partial(_open_head, kept.config), base=base,
    )  # fmt: skip


def _weights(kept: Kept) -> WeightsSpec:
    return WeightsSpec(size_bytes=kept.size_bytes, files=((WEIGHTS, kept.sha256),))


def _title(folder: Path) -> str:
    return f"Your own HTCL ({folder.name.removeprefix(TRAINED)})"


def _load_kept(spec: EncoderSpec, config: HtclConfig, folder: Path, device: str) -> Encoder:
    from musicdesk.encoders.nets.htcl_encoder import open_kept

    return open_kept(spec, folder / WEIGHTS, device, config)


def _load_base(base: EncoderPlugin, folder: Path, device: str) -> Encoder:
    """What hears the rows, from the folder of its own weights beside this one."""
    return base.load(weights.folder_of(base.spec, folder.parent), device)


def _open_head(config: HtclConfig, folder: Path) -> Head:
    if not config.layers:
        return RowsHead(read_tensors(folder / WEIGHTS))
    from musicdesk.encoders.nets.htcl_encoder import open_rows

    return open_rows(folder / WEIGHTS, config, name=folder.name)


def _open_words(folder: Path) -> Words:
    kept = read_config(folder)
    head = TextHead(read_tensors(folder / WEIGHTS))
    return Words(open_sentences(kept.sentences, folder.parent), head, name=folder.name)


def _spectrograms(windows: Sequence[FloatArray], *, config: HtclConfig) -> FloatArray:
    """Windows as the tower sees them; raises BadRequest for what is no mono sound."""
    return log_mels(windows, config)


_MADE = "musicdesk meaning learn"
SPEC = EncoderSpec(
    key=EncoderKey("htcl", "1", "16k-120s-raw"),
    title="HTCL",
    dim=FULL.joint,
    rate_hz=MEL.rate_hz,
    window_s=FULL.seconds,
    windows=FULL.windows,
    licence="MIT (weights, by their card)",
    source="https://github.com/AaronPanXiaoFeng/HTCL",
    weights=WeightsSpec(
        size_bytes=1_020_000_000,
        files=((WEIGHTS, ""), (TEXT_WEIGHTS, ""), (TOKENS, ""), (SETTINGS, "")),
        downloads=(
            Download(f"{_BERT}/{TOKENS}", TOKENS),
            Download(f"{_BERT}/{BERT_SETTINGS}", BERT_SETTINGS),
        ),
        listing="https://huggingface.co/api/models/Tharya/HTCL/tree/main",
    ),
    devices=("cpu", "cuda", "mps"),
    batch=4,
    setting="two minutes from the middle of a track (the authors took the first two), mean of the transformer, head",
    loudness=Loudness.RAW,
    memory_mb=900,
    limit_s=600.0,
)
PLUGIN = EncoderPlugin(SPEC, load, front_end, convert, open_text, to_unit_rows)
