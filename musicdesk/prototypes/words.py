"""The words of the encoders' vocabularies as data: what kind of word each is and how it reads in a name.

Vocabularies: the 50 tags of MagnaTagATune and the 50 of the Million Song Dataset, as MusiCNN has them, and plain words
for measured properties. Words with one form are one thing ("female vocal", "woman"); a word without a form never names
anything: what is not heard ("no vocals") is no name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a word says of music."""

    MOOD = "mood"
    INSTRUMENT = "instrument"
    VOICE = "voice"
    GENRE = "genre"
    DECADE = "decade"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a vocabulary."""

    kind: Kind
    form: str
    """How it reads in a name; equal for synonyms; "" for a word that is never shown."""
    trust: float = 1.0
    """How far listeners and the network agree on it, 0 to 1; weighs in the choice of a name."""


_FORMS: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    Kind.MOOD: {
        "quiet": ("quiet",),
        "soft": ("soft",),
        "slow": ("slow",),
        "mellow": ("mellow",),
        "chilled": ("chill", "chillout", "easy listening"),
        "calm": ("calm",),
        "fast": ("fast",),
        "loud": ("loud",),
        "energetic": ("energetic",),
        "happy": ("happy",),
        "sad": ("sad",),
        "beautiful": ("beautiful",),
        "catchy": ("catchy",),
        "sexy": ("sexy",),
        "weird": ("weird",),
        "experimental": ("experimental",),
        "acoustic": ("acoustic",),
        "solo": ("solo",),
        "party": ("party",),
        "bright": ("bright",),
        "dark": ("dark",),
        "warm": ("warm",),
        "noisy": ("noisy",),
        "smooth": ("smooth",),
        "dense": ("dense",),
        "sparse": ("sparse",),
        "dynamic": ("dynamic",),
        "steady": ("steady",),
        "rhythmic": ("rhythmic", "percussive"),
        "melodic": ("melodic", "tonal", "harmonic"),
        "major": ("major",),
        "minor": ("minor",),
        "instrumental": ("instrumental",),
    },
    Kind.INSTRUMENT: {
        "guitar": ("guitar",),
        "piano": ("piano",),
        "strings": ("strings",),
        "violin": ("violin",),
        "cello": ("cello",),
        "harp": ("harp",),
        "harpsichord": ("harpsichord",),
        "flute": ("flute",),
        "sitar": ("sitar",),
        "synth": ("synth",),
        "drums": ("drums",),
        "beats": ("beat", "beats"),
    },
    Kind.VOICE: {
        "female voice": (
            "female", "woman", "female vocal", "female voice", "female vocalist", "female vocalists",
        ),
        "male voice": ("male", "man", "male vocal", "male voice", "male vocalists"),
        "choir": ("choir", "choral"),
        "vocals": ("vocal", "vocals", "voice", "singing"),
    },
    Kind.GENRE: {
        "rock": ("rock",),
        "pop": ("pop",),
        "alternative": ("alternative", "alternative rock"),
        "indie": ("indie", "indie rock", "indie pop"),
        "electronic": ("electronic", "electronica", "electro"),
        "dance": ("dance",),
        "house": ("house",),
        "techno": ("techno",),
        "jazz": ("jazz",),
        "blues": ("blues",),
        "soul": ("soul",),
        "funk": ("funk",),
        "r&b": ("rnb",),
        "hip-hop": ("hip-hop",),
        "metal": ("metal", "heavy metal"),
        "hard rock": ("hard rock",),
        "classic rock": ("classic rock",),
        "progressive rock": ("progressive rock",),
        "punk": ("punk",),
        "folk": ("folk",),
        "country": ("country",),
        "ambient": ("ambient",),
        "new age": ("new age",),
        "classical": ("classical", "classic"),
        "opera": ("opera",),
        "indian": ("indian",),
    },
    Kind.DECADE: {
        "60s": ("60s",),
        "70s": ("70s",),
        "80s": ("80s",),
        "90s": ("90s",),
        "00s": ("00s",),
        "oldies": ("oldies",),
    },
    Kind.SILENT: {"": ("no vocals", "no vocal", "no voice")},
}  # fmt: skip

DOUBTFUL: Mapping[str, float] = {
    "sexy": 0.5,
    "beautiful": 0.7,
    "catchy": 0.7,
    "weird": 0.7,
    "sitar": 0.7,
    "indian": 0.7,
    "instrumental": 0.8,
    "vocals": 0.8,
}
"""Forms that say little, or more of the taggers than of the sound."""

WORDS: Mapping[str, Word] = {
    word: Word(kind, form, DOUBTFUL.get(form, 1.0))
    for kind, forms in _FORMS.items()
    for form, words in forms.items()
    for word in words
}

NEVER_TOGETHER: frozenset[frozenset[str]] = frozenset(
    frozenset(pair)
    for pair in (
        ("instrumental", "female voice"), ("instrumental", "male voice"), ("instrumental", "vocals"),
        ("instrumental", "choir"), ("choir", "opera"), ("dance", "party"), ("quiet", "metal"), ("sad", "party"),
    )
)  # fmt: skip
"""Forms that contradict or repeat each other in one name."""


def word(text: str) -> Word:
    """What is known of a word of a vocabulary; an unknown one is taken for a genre, as most tags are."""
    known = WORDS.get(text.casefold())
    return known or Word(Kind.GENRE, text.casefold())
