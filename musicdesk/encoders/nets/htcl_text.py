"""The words' half of the published HTCL: a multilingual BERT that was trained on, its own summary layer, and a head."""

from collections.abc import Sequence
from pathlib import Path

from musicdesk.encoders.nets.bert_sentences import BertSentences
from musicdesk.encoders.nets.htcl_config import HtclConfig
from musicdesk.encoders.nets.htcl_rows import TextHead
from musicdesk.encoders.zoo.unpickling import read_safetensors
from musicdesk.errors import ModelUnavailable
from musicdesk.records import FloatArray

WEIGHTS, BERT, HEAD = "text.safetensors", "bert.", "text_head."


class PublishedText:
    """Texts in the space of the published HTCL's sounds."""

    def __init__(self, folder: Path, config: HtclConfig) -> None:
        """``folder``: that of the encoder's weights; raises ModelUnavailable."""
        tensors = read_safetensors(folder / WEIGHTS)
        if not tensors:
            raise ModelUnavailable("The checkpoint of HTCL that is installed holds sounds alone, and no words.")
        bert = {name.removeprefix(BERT): tensor for name, tensor in tensors.items() if name.startswith(BERT)}
        self._sentences = BertSentences(folder, name="htcl", pooling="pooler", tensors=bert)
        self._head = TextHead({name: t.float().numpy() for name, t in tensors.items() if name.startswith(HEAD)})
        if self._head.inputs != config.text_inputs or self._sentences.dim != config.text_inputs:
            raise ModelUnavailable("The words of HTCL do not fit its settings. Run: musicdesk models install htcl")

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        """One vector of length one a text.  # [n, joint]

        Raises:
            BadRequest: a text is empty.
        """
        return self._head(self._sentences.pooled(texts))
