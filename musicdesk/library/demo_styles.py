"""How each style of the demo library is played: layers of instruments, each with patterns of sixteenths.

A pattern is one bar (``demo_score`` reads it)::

    0 1 2 …   a tone of the chord's ladder from the floor up: root, fifth, octave, tenth, twelfth, two octaves …
    c u       the whole chord around the centre, struck downwards or upwards
    p         root, fifth and octave
    w         a walking bass's next step
    x X       a note of the melody; a hit of a drum, or a harder one
    -  .      the note goes on; nothing
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Groove = Mapping[str, str]
"""Sound of the kit → its bar."""


@dataclass(frozen=True)
class Layer:
    """What one instrument does throughout."""

    instrument: str
    """Of ``audio.instruments``, or a kit of ``audio.drums``."""
    patterns: tuple[str, ...] = ()
    """Calm to busy; the piece's energy chooses."""
    at: int = 60
    """MIDI note of the lowest root, or of the centre of chords and melody."""
    level_db: float = -18.0
    """Of its own, while it plays."""
    pan: float = 0.0
    wet: float = 0.25
    """How much of it goes into the room."""
    plays: str = "iaABo"
    """In which sections: introduction, first and later A, B, close."""
    ring: bool = False
    """Notes sound on to the end of the bar, as under a pedal."""
    strum_s: float = 0.0
    pumped: bool = False
    """Gives way to the bass drum."""
    grooves: tuple[Groove, ...] = ()
    """For drums: bars taken in turn, the last one as a fill at the end of a section."""


@dataclass(frozen=True)
class Style:
    """A way of playing."""

    layers: tuple[Layer, ...]
    major: tuple[str, ...] = ("1645", "1564", "1425", "1345")
    minor: tuple[str, ...] = ("1615", "1465", "1765", "1415")
    """Chords by degree, one a bar; two of them become the sections A and B."""
    beats: int = 4
    swing: float = 0.5
    """Where the second half of a beat falls."""
    sevenths: bool = False
    leading: bool = True
    """The minor's fifth degree is a major chord."""
    loose_s: float = 0.007
    """How far hands are from the clock."""
    room_s: float = 1.6
    tail_s: float = 2.5
    melody: tuple[str, ...] = field(default=())
    """Rhythms of two bars, calm to busy."""


_CALM = ("x-------x---x---x---------------", "x-----x-x---x---x-------x-------", "....x---x-x-x---x---x-----------")
_MID = ("x---x-x-x-----x-x---x-x-x-------", "x---x---x-x-x---x-x-x-x-x-------", "..x-x-x-x---x---x-x-x---x-----..")
_BUSY = ("x--x--x-x-x-x---x--x--x-x-------", "x-x-x-xxx-x-x---x-x-x-xxx---x---", "x--x--x-x--x--x-x-x-x-x-x-------")
_WALTZ = ("x-------x---x-----------", "x-----x-x---x-------x---", "x---x---x-x-x-x-x---x---")

_BACKBEAT: tuple[Groove, ...] = (
    {"kick": "X.....x.X.......", "snare": "....X.......X...", "open": "X.x.X.x.X.x.X.x."},
    {"kick": "X.....x.x.x.....", "snare": "....X.......X...", "open": "X.x.X.x.X.x.X.x."},
    {"kick": "X.....x.X.......", "snare": "....X.......X...", "open": "X.x.X.x.X.x.X.x."},
    {
        "kick": "X.....x.x.......",
        "snare": "....X...x.x.XxXx",
        "open": "X.x.X.x.",
        "tom": "..........x.....",
        "low tom": "..............x.",
    },
)
_FOUR: tuple[Groove, ...] = (
    {"kick": "X...X...X...X...", "clap": "....x.......x...", "open": "..x...x...x...x.", "hat": "x.xxx.xxx.xxx.xx"},
    {"kick": "X...X...X...X...", "clap": "....x.......x...", "open": "..x...x...x...x.", "hat": "x.xxx.xxx.xxx.xx"},
    {"kick": "X...X...X...X...", "clap": "....x.......x..x", "open": "..x...x...x...x.", "hat": "x.xxx.xxx.xxx.xx"},
    {"kick": "X...X...X.......", "clap": "....x.......x.xx", "open": "..x...x...x.....", "hat": "x.xxx.xxx.xxxxxx"},
)
_BREAK: tuple[Groove, ...] = (
    {"kick": "X.........X.....", "snare": "....X.......X...", "ghost": ".......x.x.....x", "hat": "x.x.x.x.x.x.x.x."},
    {"kick": "X.x.......X.....", "snare": "....X.......X...", "ghost": "......x..x....x.", "hat": "x.x.x.x.x.x.x.x."},
    {"kick": "X.........X.....", "snare": "....X.......X...", "ghost": ".......x.x.....x", "hat": "x.x.x.x.x.x.x.x."},
    {"kick": "X.........X.X...", "snare": "....X..x.x..X.xX", "ghost": "......x........x", "hat": "x.x.x.x.x.x.x.x."},
)
_GAME: tuple[Groove, ...] = (
    {"kick": "X...x.x.X...x...", "snare": "....X.......X...", "hat": "x.x.x.x.x.x.x.x."},
    {"kick": "X...x.x.X..xx...", "snare": "....X.......X...", "hat": "x.xxx.x.x.xxx.x."},
    {"kick": "X...x.x.X...x...", "snare": "....X.......X...", "hat": "x.x.x.x.x.x.x.x."},
    {"kick": "X...x.x.X.......", "snare": "....X...X.x.XxXx", "tom": "..........x...x."},
)
_BARN: tuple[Groove, ...] = (
    {"kick": "X.......X.......", "snare": "....x.......x...", "shaker": "x.x.X.x.x.x.X.x."},
    {"kick": "X.......X..x....", "snare": "....x.......x...", "shaker": "x.x.X.x.x.x.X.x."},
    {"kick": "X.......X.......", "snare": "....x.......x..x", "shaker": "x.x.X.x.x.x.X.x."},
)
_SWING: tuple[Groove, ...] = (
    {"ride": "X...x.x.X...x.x.", "hat": "....x.......x...", "ghost": "..........x.....", "kick": "x.......x......."},
    {"ride": "X...x.x.X...x.x.", "hat": "....x.......x...", "snare": "..............x.", "kick": "x.......x......."},
    {"ride": "X...x.x.X...x.x.", "hat": "....x.......x...", "ghost": "......x.........", "kick": "x.....x.x......."},
)

STYLES: Mapping[str, Style] = {
    "nocturne": Style(
        layers=(
            Layer("piano", ("0---1---3---2---", "0-1-2-3-2-1-2-1-", "0-1-2-3-4-3-2-1-"),
                at=41, level_db=-19, pan=-0.2, wet=0.3, ring=True),
            Layer("piano", _CALM, at=76, level_db=-15, pan=0.2, wet=0.3, plays="aABo"),
        ),
        room_s=2.4, tail_s=3.5, loose_s=0.012,
    ),
    "duo": Style(
        layers=(
            Layer("piano", ("0-1-2-3-2-1-2-1-", "0-1-2-3-4-3-2-1-"), at=43, level_db=-19, pan=-0.2, ring=True),
            Layer("strings", ("c---------------",), at=60, level_db=-20, wet=0.4, plays="ABo"),
            Layer("strings", _CALM, at=72, level_db=-16, wet=0.4, plays="B"),
            Layer("piano", _CALM, at=77, level_db=-16, pan=0.2, plays="aAo"),
        ),
        room_s=2.4, tail_s=3.5, loose_s=0.01,
    ),
    "fingerstyle": Style(
        layers=(
            Layer("acoustic guitar", ("0-------1-------", "0---1---0---1---", "0---1---2---1---"),
                at=41, level_db=-18, pan=-0.15, wet=0.18, ring=True),
            Layer("acoustic guitar", ("..3-..4-..3-..4-", "..3-4-..3-..4-3-", "..343-4-..343-4-"),
                at=41, level_db=-19, pan=0.15, wet=0.2, ring=True),
            Layer("acoustic guitar", _MID, at=71, level_db=-16, wet=0.22, plays="aABo"),
        ),
        room_s=1.3, loose_s=0.009,
    ),
    "folk": Style(
        layers=(
            Layer("acoustic guitar", ("c---c-u-..u-c-u-", "c---c-ucu-ucc-u-"),
                at=57, level_db=-18, pan=-0.35, wet=0.15, strum_s=0.012, ring=True),
            Layer("double bass", ("0-------1-------", "0---..0-1---..1-"), at=33, level_db=-18, wet=0.05, plays="aABo"),
            Layer("flute", _MID, at=79, level_db=-18, pan=0.2, wet=0.3, plays="aBo"),
            Layer("acoustic guitar", _MID, at=71, level_db=-17, pan=0.3, wet=0.2, plays="A"),
            Layer("acoustic", grooves=_BARN, level_db=-21, wet=0.12, plays="aABo"),
        ),
        room_s=1.2, leading=False,
    ),
    "ambient": Style(
        layers=(
            Layer("synth pad", ("c---------------",), at=62, level_db=-16, wet=0.6),
            Layer("synth pad", ("0---------------",), at=36, level_db=-19, wet=0.3),
            Layer("bells", ("x---------------....x-------x---", "x-------....x---x-------....x---"),
                at=84, level_db=-22, pan=0.3, wet=0.8, plays="aABo"),
            Layer("flute", ("x-----------x---x---------------",), at=74, level_db=-24, pan=-0.3, wet=0.8, plays="AB"),
        ),
        major=("1415", "1643"), minor=("1615", "1475"),
        sevenths=True, leading=False, room_s=4.5, tail_s=4.5, loose_s=0.02,
    ),
    "trio": Style(
        layers=(
            Layer("vibraphone", _MID, at=74, level_db=-15, pan=0.2, wet=0.25, plays="aABo"),
            Layer("piano", ("....c-........c-", "..c-..c-....c-..", "c-....c-..c-..c-"),
                at=58, level_db=-21, pan=-0.3, wet=0.2),
            Layer("double bass", ("w---w---w---w---",), at=31, level_db=-17, wet=0.06),
            Layer("brushes", grooves=_SWING, level_db=-22, wet=0.12),
        ),
        major=("1625", "2511", "3625", "1425"), minor=("1625", "1451", "1465"),
        sevenths=True, swing=0.64, room_s=1.1, loose_s=0.008,
    ),
    "rock": Style(
        layers=(
            Layer("electric guitar", ("p-p-p-p-p-p-p-p-", "p--p--p-p-p-p-p-"), at=40, level_db=-16, pan=-0.9, wet=0.12),
            Layer("electric guitar", ("c---c-u-..u-c-u-", "c---c-ucu-ucc-u-"),
                at=57, level_db=-16, pan=0.9, wet=0.15, strum_s=0.01, ring=True),
            Layer("electric bass", ("0-0-0-0-0-0-0-0-",), at=28, level_db=-19, wet=0.03, plays="aABo"),
            Layer("organ", ("c---------------",), at=64, level_db=-26, wet=0.2),
            Layer("electric guitar", _BUSY, at=72, level_db=-18, pan=0.1, wet=0.35, plays="ABo"),
            Layer("acoustic", grooves=_BACKBEAT, level_db=-17, wet=0.4, plays="aABo"),
        ),
        major=("1564", "1645", "1414"), minor=("1617", "1675", "1417"), leading=False, room_s=0.7, loose_s=0.009,
    ),
    "house": Style(
        layers=(
            Layer("synth pad", ("c---------------",), at=62, level_db=-18, wet=0.3, pumped=True),
            Layer("synth bass", ("..0-..0-..0-..2-", "..0-..00..0-..20"), at=33, level_db=-16, wet=0.02, plays="aABo"),
            Layer("synth pluck", ("c..c..c...c..c..", "c..c..c.c.c..c.c"), at=67, level_db=-20, wet=0.35, pumped=True),
            Layer("synth lead", _BUSY, at=76, level_db=-20, wet=0.3, plays="B", pumped=True),
            Layer("electronic", grooves=_FOUR, level_db=-15, wet=0.05, plays="iaAB"),
        ),
        minor=("1417", "1475", "1615"), leading=False, room_s=1.5, loose_s=0.0,
    ),
    "breakbeat": Style(
        layers=(
            Layer("synth pad", ("c---------------",), at=60, level_db=-19, wet=0.4),
            Layer("sub bass", ("0-----0-----0---", "0--0--0-----0-2-"), at=33, level_db=-16, wet=0.02, plays="aABo"),
            Layer("electric piano", ("c-----..c-....c-",), at=64, level_db=-21, wet=0.35, plays="iaA"),
            Layer("synth pluck", ("0.2.4.3.5.3.4.2.",), at=57, level_db=-22, wet=0.4, plays="AB"),
            Layer("electronic", grooves=_BREAK, level_db=-14, wet=0.05, plays="aAB"),
        ),
        minor=("1417", "1475", "1615"), leading=False, room_s=1.8, loose_s=0.0,
    ),
    "chip": Style(
        layers=(
            Layer("square lead", _BUSY, at=79, level_db=-17, wet=0.05, pan=0.15, plays="aABo"),
            Layer("square lead", ("0.2.3.2.0.2.3.2.", "0234023402340234"), at=57, level_db=-22, wet=0.04, pan=-0.3),
            Layer("triangle bass", ("0.0.2.0.0.0.2.0.",), at=36, level_db=-17, wet=0.0),
            Layer("chip", grooves=_GAME, level_db=-18, wet=0.03, plays="aABo"),
        ),
        leading=False, room_s=0.5, tail_s=1.2, loose_s=0.0,
    ),
    "chamber": Style(
        layers=(
            Layer("strings", _BUSY, at=76, level_db=-16, pan=-0.3, wet=0.3, plays="aABo"),
            Layer("strings", ("..c...c...c...c.", "c.c.c.c.c.c.c.c."), at=62, level_db=-21, pan=0.1, wet=0.3),
            Layer("strings", ("0--.1--.2--.1--.",), at=36, level_db=-18, pan=0.3, wet=0.25),
        ),
        room_s=1.9, tail_s=3.0, loose_s=0.009,
    ),
    "waltz": Style(
        layers=(
            Layer("strings", _WALTZ, at=76, level_db=-15, pan=-0.3, wet=0.3, plays="aABo"),
            Layer("strings", ("c-----------", "....c-..c-.."), at=62, level_db=-21, pan=0.1, wet=0.3),
            Layer("strings", ("0-----------", "0---........"), at=36, level_db=-18, pan=0.3, wet=0.25),
        ),
        beats=3, room_s=1.9, tail_s=3.0, loose_s=0.009,
    ),
    "chorale": Style(
        layers=(
            Layer("organ", ("c-------c-------",), at=62, level_db=-18, wet=0.45),
            Layer("organ", ("0-------1-------",), at=36, level_db=-19, wet=0.35),
            Layer("organ", _CALM, at=74, level_db=-16, wet=0.45, plays="aABo"),
        ),
        room_s=3.8, tail_s=4.0, loose_s=0.004,
    ),
    "toccata": Style(
        layers=(
            Layer("organ", ("2.4.3.4.2.4.3.4.", "2435243524352435"), at=48, level_db=-17, pan=0.1, wet=0.4),
            Layer("organ", ("0---------------", "0-------1-------"), at=36, level_db=-18, wet=0.35, plays="aABo"),
            Layer("organ", _MID, at=74, level_db=-17, wet=0.4, plays="ABo"),
        ),
        room_s=3.2, tail_s=3.8, loose_s=0.004,
    ),
}  # fmt: skip
"""By the name that the catalogue uses."""
