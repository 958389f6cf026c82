"""English words about music as data: what encoders call things, what people say for it, and what music is for.

``SAID`` turns the words of vocabularies (MagnaTagATune, Million Song Dataset, measured words) into what a person would
say; ``LIKE`` gives words that people use for the same thing, after the clusters of mood words of Hu & Downie
("Exploring mood metadata", ISMIR 2007) and the items of the Geneva scale (Zentner et al., 2008); ``FOR`` tells what
music is used for (North, Hargreaves & Hargreaves, "Uses of music in everyday life", 2004), by the words that such music
bears: quiet and slow for what is restful, fast and loud for what moves the body, as their arousal says (Russell, 1980).
"""

from collections.abc import Mapping
from typing import NamedTuple

MOOD, INSTRUMENT, VOICE, GENRE, OTHER = "mood", "instrument", "voice", "genre", ""

_KINDS: Mapping[str, str] = {
    MOOD: """quiet, soft, slow, mellow, chill, calm, fast, loud, energetic, happy, sad, beautiful, catchy, sexy, weird,
        experimental, acoustic, solo, party, bright, dark, warm, noisy, smooth, dense, sparse, dynamic, steady,
        rhythmic, melodic, easy listening, instrumental, relaxing, tender, tense, powerful, nostalgic, dreamy, solemn,
        joyful, aggressive, peaceful, melancholic, romantic, epic, uplifting, intense, gentle, playful""",
    INSTRUMENT: """guitar, piano, strings, violin, cello, harp, harpsichord, flute, sitar, synth, drums, beats, organ,
        saxophone, trumpet, bass, electric guitar, acoustic guitar, percussion, orchestra""",
    VOICE: "female voice, male voice, choir, vocals, rap, no vocals",
    GENRE: """rock, pop, alternative rock, indie, indie rock, indie pop, electronic, dance, house, techno, jazz, blues,
        soul, funk, rnb, hip-hop, metal, heavy metal, hard rock, classic rock, progressive rock, punk, folk, country,
        ambient, new age, classical, opera, indian, electro, electronica, alternative, reggae, latin, world, trance""",
}  # fmt: skip

SAID: Mapping[str, str] = {
    "chillout": "chill", "chilled": "chill", "beat": "beats", "percussive": "rhythmic", "tonal": "melodic",
    "harmonic": "melodic", "classic": "classical", "choral": "choir", "indie rock": "indie rock",
    **dict.fromkeys(("female", "woman", "female vocal", "female vocalist", "female vocalists"), "female voice"),
    **dict.fromkeys(("male", "man", "male vocal", "male vocalist", "male vocalists"), "male voice"),
    **dict.fromkeys(("vocal", "voice", "singing"), "vocals"),
    **dict.fromkeys(("no vocal", "no voice", "no vocals"), "no vocals"),
    **dict.fromkeys(("major", "minor", "60s", "70s", "80s", "90s", "00s", "oldies"), ""),
}  # fmt: skip
"""Word of a vocabulary → as it is said; "" for what nobody searches by, or what sound tells badly (a decade stands in
the file). Others are said as they are."""

LIKE: Mapping[str, tuple[str, ...]] = {
    "calm": ("peaceful", "relaxing", "serene", "tranquil", "soothing", "mellow"),
    "mellow": ("laid-back", "relaxed", "gentle", "calm", "soft"),
    "chill": ("relaxed", "laid-back", "chilled out", "easy-going", "relaxing"),
    "easy listening": ("relaxing", "light", "pleasant"),
    "quiet": ("soft", "hushed", "silent", "low-key", "gentle"),
    "soft": ("gentle", "tender", "delicate", "quiet"),
    "slow": ("unhurried", "downtempo", "lento", "slow-moving"),
    "fast": ("quick", "up-tempo", "speedy", "rapid"),
    "loud": ("noisy", "heavy", "powerful", "intense"),
    "energetic": ("lively", "powerful", "driving", "full of energy", "upbeat"),
    "happy": ("cheerful", "joyful", "upbeat", "feel-good", "merry"),
    "joyful": ("happy", "cheerful", "upbeat"),
    "sad": ("melancholic", "sorrowful", "gloomy", "mournful", "wistful"),
    "melancholic": ("sad", "wistful", "gloomy"),
    "beautiful": ("lovely", "pretty", "gorgeous"),
    "catchy": ("hooky", "memorable", "sing-along"),
    "sexy": ("sensual", "seductive", "sultry"),
    "weird": ("strange", "odd", "bizarre"),
    "experimental": ("avant-garde", "unusual", "adventurous"),
    "acoustic": ("unplugged", "without amplifiers"),
    "party": ("party music", "fun", "for dancing"),
    "bright": ("brilliant", "crisp", "shiny"),
    "dark": ("gloomy", "sombre", "brooding"),
    "warm": ("mellow", "cosy"),
    "noisy": ("harsh", "distorted", "rough"),
    "rhythmic": ("groovy", "percussive"),
    "tender": ("gentle", "affectionate", "loving"),
    "tense": ("nervous", "agitated", "dark", "uneasy"),
    "powerful": ("strong", "triumphant", "energetic", "epic", "heroic", "mighty"),
    "nostalgic": ("wistful", "dreamy", "sentimental"),
    "solemn": ("serious", "sacred", "ceremonial"),
    "no vocals": ("instrumental", "without singing"),
    "vocals": ("singing", "voice", "sung"),
    "female voice": ("female singer", "woman singing", "female vocals", "a woman's voice"),
    "male voice": ("male singer", "man singing", "male vocals", "a man's voice"),
    "choir": ("chorus", "choral singing", "many voices"),
    "guitar": ("guitars", "a guitar"),
    "piano": ("piano music", "a piano", "keyboard"),
    "strings": ("violins", "string orchestra", "string section"),
    "violin": ("fiddle", "a violin"),
    "synth": ("synthesizer", "synthesizers", "synths"),
    "drums": ("drumming", "percussion"),
    "beats": ("a beat", "drum machine"),
    "electronic": ("electronica", "electro", "synthetic"),
    "classical": ("classical music", "orchestral", "concert music"),
    "ambient": ("atmospheric", "soundscape", "background music"),
    "metal": ("heavy metal", "heavy"),
    "dance": ("dance music", "danceable", "club music"),
    "hip-hop": ("rap", "hip hop"),
    "new age": ("meditation music", "spiritual"),
    "world": ("world music", "ethnic", "traditional"),
    "folk": ("folk music", "traditional", "folksy"),
    "jazz": ("jazzy", "swing"),
}
"""Word → what people say for it."""


class Use(NamedTuple):
    """What music can be for, and the words that speak for it and against it."""

    phrases: tuple[str, ...]
    fits: frozenset[str]
    unfit: frozenset[str] = frozenset()


def _set(words: str) -> frozenset[str]:
    return frozenset(word.strip() for word in words.split(","))


_LIVELY = _set("fast, loud, energetic, party, metal, heavy metal, punk, hard rock, techno, noisy, aggressive")
_RESTFUL = _set(
    "quiet, slow, calm, soft, mellow, ambient, new age, chill, easy listening, classical, relaxing, peaceful"
)

FOR: tuple[Use, ...] = (
    Use(("for falling asleep", "for sleeping", "a lullaby", "late at night"),
        _set("quiet, slow, calm, soft, ambient, new age, harp, piano, peaceful, relaxing"),
        _LIVELY | {"drums", "dance"}),
    Use(("for relaxing", "for a quiet evening", "to unwind", "after a long day"), _RESTFUL, _LIVELY),
    Use(("for meditation", "for yoga"), _set("ambient, new age, quiet, calm, slow, flute, sitar, indian, no vocals"),
        _LIVELY | {"pop", "rock", "rap"}),
    Use(("for studying", "for reading", "for concentrating", "background music for work"),
        _set("quiet, calm, instrumental, no vocals, classical, piano, ambient, soft, solo, strings"),
        _LIVELY | {"vocals", "rap", "opera"}),
    Use(("for a workout", "for running", "for the gym", "to get going"),
        _set("fast, loud, energetic, dance, techno, metal, hard rock, punk, electronic, beats, drums, party, powerful"),
        _RESTFUL),
    Use(("for a party", "for dancing", "for the dance floor"),
        _set("dance, house, techno, party, catchy, happy, beats, funk, electronic, pop, rhythmic, hip-hop"),
        _RESTFUL | {"metal", "opera", "sad"}),
    Use(("for a drive at night", "a night drive", "for driving in the dark", "city lights at night"),
        _set("electronic, synth, chill, dark, electronica, beats, mellow, ambient, techno, house, electro"),
        _set("classical, folk, country, opera, choir, acoustic, harpsichord, happy")),
    Use(("for a road trip", "for a long drive", "driving music"),
        _set("rock, classic rock, guitar, country, indie rock, alternative rock, hard rock, catchy"),
        _set("classical, opera, ambient, choir, quiet, new age")),
    Use(("for a rainy day", "for a lonely evening", "for heartbreak", "for crying"),
        _set("sad, slow, mellow, soft, quiet, piano, acoustic, melancholic, female voice, blues, folk"),
        _LIVELY | {"happy", "dance"}),
    Use(("for a sunny morning", "for a good mood", "to cheer up", "for summer"),
        _set("happy, catchy, pop, party, joyful, bright, funk, reggae, folk, guitar, dance, latin"),
        _set("sad, dark, metal, ambient, opera, slow, heavy metal")),
    Use(("for dinner", "for a dinner with friends", "café music"),
        _set("jazz, soul, chill, easy listening, mellow, acoustic, blues, soft, piano, solo"),
        _LIVELY),
    Use(("for a romantic evening", "for lovers", "a love song"),
        _set("sexy, soul, slow, soft, rnb, mellow, female voice, tender, romantic, jazz, strings, beautiful"), _LIVELY),
    Use(("for letting off steam", "for anger", "headbanging"),
        _set("metal, heavy metal, hard rock, punk, loud, noisy, aggressive, fast, tense"), _RESTFUL),
    Use(("for a church", "for a solemn hour", "sacred music"),
        _set("choir, opera, classical, organ, solemn, strings, harpsichord"),
        _LIVELY | {"pop", "rock", "dance", "beats"}),
    Use(("for a film", "like a film score", "cinematic"),
        _set("strings, ambient, instrumental, classical, no vocals, dark, epic, orchestra"),
        _set("pop, rap, punk, party, country")),
)  # fmt: skip
SPEAK = 3
"""So many words must speak for a use, and none against it, until it is said of a track."""

_KIND_OF = {word.strip(): kind for kind, words in _KINDS.items() for word in " ".join(words.split()).split(",")}


def tidy(word: str) -> str:
    """A word as the tables have it: small letters, single spaces."""
    return " ".join(word.casefold().replace("_", " ").split())


def said(word: str) -> str:
    """How a word of a vocabulary is said; "" for one that nobody searches by."""
    plain = tidy(word)
    return SAID.get(plain, plain)


def kind_of(word: str) -> str:
    """mood, instrument, voice, genre, or "" for a word that the tables do not have."""
    return _KIND_OF.get(said(word), OTHER)


def uses(words: frozenset[str]) -> tuple[Use, ...]:
    """What music of these words is for, what most of them speak for first."""
    fitting = [(len(use.fits & words), use) for use in FOR if not use.unfit & words]
    return tuple(use for count, use in sorted(fitting, key=lambda pair: -pair[0]) if count >= SPEAK)
