"""The words' half of MuQ-MuLan: sentences, English or Chinese, to the space that they share with sounds.

XLM-RoBERTa (Conneau et al., 2020) as the library ``transformers`` has it, eight more layers, and a projection. Every
text is encoded by itself: the published code averages over what fills up the shorter texts of a batch too, so that a
text's numbers depend on its neighbours.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import XLMRobertaConfig, XLMRobertaModel

from musicdesk.encoders.nets.conformer_config import MulanConfig
from musicdesk.encoders.nets.conformer_encoder import filled
from musicdesk.encoders.nets.muq_mulan_net import GatedTransformer, joint
from musicdesk.encoders.read_once import ReadOnce
from musicdesk.errors import BadRequest, ModelUnavailable
from musicdesk.records import FloatArray

WEIGHTS, TOKENS = "text.safetensors", "tokenizer.json"
NO_WORD = 1
"""The token that fills up; the places of words are counted on from it."""


class MulanText(nn.Module):
    """Numbers of words to the joint space."""

    def __init__(self, config: MulanConfig) -> None:
        super().__init__()
        self.mulan = _TextHalf(config)

    def forward(self, tokens: Tensor) -> Tensor:
        """One text without anything filled up.  # [1, tokens] → [1, joint]"""
        return joint(self.mulan.text_to_latents, self.mulan.text(tokens))


class _TextHalf(nn.Module):
    def __init__(self, config: MulanConfig) -> None:
        super().__init__()
        self.text = _TextTower(config)
        self.text_to_latents = nn.Linear(config.width, config.joint)


class _TextTower(nn.Module):
    def __init__(self, config: MulanConfig) -> None:
        super().__init__()
        self.model = XLMRobertaModel(roberta(config), add_pooling_layer=False)
        self.transformer = GatedTransformer(config, config.text_layers)

    def forward(self, tokens: Tensor) -> Tensor:
        """[1, tokens] → [1, tokens, width]"""
        places = torch.arange(tokens.shape[1], device=tokens.device)[None] + NO_WORD + 1
        states = self.model(tokens, position_ids=places, token_type_ids=torch.zeros_like(tokens))
        result: Tensor = self.transformer(states.last_hidden_state)
        return result


class TextEncoder:
    """Texts in the space of MuQ-MuLan's vectors: the larger the dot product, the better they fit."""

    def __init__(self, folder: Path, device: str = "cpu", *, config: MulanConfig | None = None) -> None:
        """``folder``: that of the encoder's weights; raises ModelUnavailable."""
        config = config or MulanConfig()
        self._device = torch.device(device)
        self._tokens = _tokenizer(folder / TOKENS, most=config.text.positions - NO_WORD - 1)
        network = filled(lambda: MulanText(config), folder / WEIGHTS, name="muq-mulan")
        _fill_tables(network)
        self._network, self._dim = network.to(self._device).eval(), config.joint
        self._read = ReadOnce(self._passed)

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        """One vector of length one a text; a long one is cut after 512 tokens.  # [n, 512]

        Raises:
            BadRequest: a text is empty.
        """
        if not all(text.strip() for text in texts):
            raise BadRequest("A text to search with needs at least one word.")
        return self._read(texts)

    def _passed(self, texts: Sequence[str]) -> FloatArray:
        """Each through the network by itself.  # [n, 512]"""
        with torch.inference_mode():
            rows = [self._network(self._numbers(text)).float().cpu().numpy() for text in texts]
        return np.concatenate(rows) if rows else np.zeros((0, self._dim), dtype=np.float32)

    def _numbers(self, text: str) -> Tensor:
        return torch.tensor([self._tokens.encode(text.strip()).ids], device=self._device)


def roberta(config: MulanConfig) -> XLMRobertaConfig:
    """XLM-RoBERTa's settings in its library's words."""
    settings: dict[str, Any] = {
        "vocab_size": config.text.words, "hidden_size": config.width, "num_hidden_layers": config.text.layers,
        "num_attention_heads": config.text.heads, "intermediate_size": config.text.inner,
        "max_position_embeddings": config.text.positions, "type_vocab_size": 1, "layer_norm_eps": 1e-5,
        "pad_token_id": NO_WORD,
    }  # fmt: skip
    return XLMRobertaConfig(**settings)


def _fill_tables(network: nn.Module) -> None:
    """The library's own tables are in no file; they are told anew with every text, and only must be there to move."""
    for module in network.modules():
        for name, table in module.named_buffers(recurse=False):
            setattr(module, name, torch.zeros_like(table, device="cpu"))


def _tokenizer(path: Path, *, most: int) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # noqa: BLE001, RUF100  the library raises no other kind
        raise ModelUnavailable(f"The words of MuQ-MuLan ({path}) cannot be read: {error}.") from error
    tokenizer.enable_truncation(most)
    tokenizer.no_padding()
    return tokenizer
