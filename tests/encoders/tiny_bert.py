"""A BERT at a size that runs in milliseconds, written as its authors publish one; and a table of words for it."""

import json
from pathlib import Path

import torch
from encoders.made_weights import made
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

WIDTH = 16
SETTINGS = {
    "model_type": "bert", "hidden_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": 2,
    "intermediate_size": 24, "max_position_embeddings": 40, "vocab_size": 600, "type_vocab_size": 2, "pad_token_id": 0,
    "auto_map": {"AutoModel": "evil.Code"}, "torch_dtype": "float16",
}  # fmt: skip


def shapes(*, pooler: bool = True) -> dict[str, tuple[int, ...]]:
    """Names and shapes as BERT's authors have them."""
    wide, inner = WIDTH, 24
    found: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (600, wide),
        "embeddings.position_embeddings.weight": (40, wide),
        "embeddings.token_type_embeddings.weight": (2, wide),
    } | _both("embeddings.LayerNorm", (wide,))
    for at in ("encoder.layer.0.", "encoder.layer.1."):
        for name in ("self.query", "self.key", "self.value", "output.dense"):
            found |= _both(f"{at}attention.{name}", (wide, wide))
        found |= _both(f"{at}intermediate.dense", (inner, wide)) | _both(f"{at}output.dense", (wide, inner))
        found |= _both(f"{at}attention.output.LayerNorm", (wide,)) | _both(f"{at}output.LayerNorm", (wide,))
    return found | (_both("pooler.dense", (wide, wide)) if pooler else {})


def tensors(before: str = "", *, pooler: bool = True) -> dict[str, torch.Tensor]:
    return {before + name: torch.from_numpy(made(name, shape)) for name, shape in shapes(pooler=pooler).items()}


def publish(folder: Path, *, settings: dict[str, object] | None = None, before: str = "") -> Path:
    """Settings, weights, words, and code that nobody must run."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(SETTINGS | (settings or {})))
    save_file(tensors(before), folder / "model.safetensors")
    tokenizer().save(str(folder / "tokenizer.json"))
    (folder / "evil.py").write_text("raise SystemExit('this was run')")
    return folder


def tokenizer() -> Tokenizer:
    """Every character of some scripts is a word of its own; all else is [UNK]."""
    signs = [chr(code) for code in (*range(33, 127), *range(0x410, 0x450), *range(0x3041, 0x3090))]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *signs, *(f"##{sign}" for sign in signs)]
    table = Tokenizer(models.WordPiece({word: number for number, word in enumerate(words)}, unk_token="[UNK]"))
    table.normalizer = normalizers.BertNormalizer(lowercase=False)
    table.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    table.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, [("[CLS]", 2), ("[SEP]", 3)])
    return table


def _both(name: str, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
