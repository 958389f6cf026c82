"""The demo library's catalogue: made-up artists, albums and pieces, and what is known of each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """One track to be composed."""

    title: str
    key: str
    """The tonic: C, F#, Bb …"""
    mode: str
    """major or minor."""
    tempo_bpm: float
    energy: float
    """0 (calm) to 1 (driving): density, attack and loudness follow it."""
    style: str = ""
    """Another style than the album's."""


@dataclass(frozen=True)
class Album:
    """Four pieces in one style."""

    artist: str
    title: str
    year: int
    genre: str
    style: str
    ending: str
    pieces: tuple[Piece, ...]
    rate_hz: int = 32_000
    replay_gain: bool = False
    """Whether its files carry a track gain."""


ALBUMS = (
    Album("Ilse Varga-Holm", "Rooms Without Clocks", 2014, "Classical", "nocturne", "ogg", (
        Piece("Lamplight", "C", "major", 66, 0.12),
        Piece("A Chair by the Window", "A", "minor", 60, 0.08),
        Piece("Rain on Copper", "D", "minor", 76, 0.24),
        Piece("First Frost", "G", "major", 84, 0.30),
    ), replay_gain=True),
    Album("Ilse Varga-Holm", "Letters to the Lake", 2019, "Classical", "duo", "flac", (
        Piece("Unsent", "E", "minor", 63, 0.14),
        Piece("Heron", "F", "major", 72, 0.20),
        Piece("Two Oars", "Bb", "major", 88, 0.32),
        Piece("The Far Shore", "G", "minor", 94, 0.38),
    ), replay_gain=True),
    Album("Tamsin Ardley", "Hedgerow Almanac", 2011, "Folk", "fingerstyle", "ogg", (
        Piece("Sloe", "G", "major", 92, 0.26),
        Piece("Bramble", "E", "minor", 100, 0.33),
        Piece("Quickthorn", "D", "major", 112, 0.42),
        Piece("Old Man's Beard", "A", "minor", 84, 0.20),
    )),
    Album("Tamsin Ardley", "The Long Field", 2017, "Folk", "folk", "ogg", (
        Piece("Harvest Home", "G", "major", 120, 0.55),
        Piece("Milestones", "C", "major", 104, 0.45),
        Piece("Crow Road", "D", "minor", 112, 0.50),
        Piece("Lantern Walk", "A", "major", 126, 0.60),
    )),
    Album("The Quiet Orrery", "Slow Planets", 2016, "Ambient", "ambient", "flac", (
        Piece("Perihelion", "C", "minor", 60, 0.05),
        Piece("Ring Shadow", "F", "major", 64, 0.06),
        Piece("Cold Harbour Moon", "A", "minor", 68, 0.09),
        Piece("Long Exposure", "D", "major", 72, 0.12),
    )),
    Album("Corvin Street Trio", "After the Last Tram", 2009, "Jazz", "trio", "ogg", (
        Piece("Platform Nine", "F", "major", 132, 0.46),
        Piece("Umbrella Weather", "D", "minor", 112, 0.36),
        Piece("Half Past Blue", "Bb", "major", 148, 0.55),
        Piece("Milk Float", "C", "minor", 124, 0.42),
    ), replay_gain=True),
    Album("Meridian Kites", "Weatherproof", 2013, "Rock", "rock", "ogg", (
        Piece("Paper Thunder", "E", "minor", 138, 0.86),
        Piece("Rooftop Signals", "A", "major", 128, 0.76),
        Piece("Every Third Streetlight", "D", "major", 144, 0.82),
        Piece("Gale Warning", "B", "minor", 156, 0.94),
    ), replay_gain=True),
    Album("Halogen Fox", "Sodium Lights", 2018, "House", "house", "ogg", (
        Piece("Ring Road", "A", "minor", 122, 0.74),
        Piece("Glass Elevator", "F", "minor", 124, 0.78),
        Piece("Motorway Sunrise", "C", "major", 118, 0.66),
        Piece("Last Exit", "G", "minor", 128, 0.82),
    )),
    Album("Halogen Fox", "Breakwater", 2021, "Drum & Bass", "breakbeat", "flac", (
        Piece("Riptide", "E", "minor", 170, 0.92),
        Piece("Salt Line", "C", "minor", 165, 0.88),
        Piece("Gull Static", "G", "major", 168, 0.85),
        Piece("Moorings", "D", "minor", 160, 0.80),
    )),
    Album("Pixel Orchard", "Save Point", 2015, "Chiptune", "chip", "wav", (
        Piece("Apple Level", "C", "major", 150, 0.70),
        Piece("Moth Boss", "E", "minor", 162, 0.82),
        Piece("Warp Pear", "G", "major", 140, 0.62),
        Piece("Credits Roll", "F", "major", 116, 0.50),
    ), rate_hz=22_050),
    Album("Kammerensemble Lindenau", "Small Dances", 2006, "Classical", "chamber", "flac", (
        Piece("Waltz for a Narrow Stair", "D", "major", 144, 0.42, style="waltz"),
        Piece("Sarabande", "G", "minor", 69, 0.16, style="waltz"),
        Piece("Bourrée", "C", "major", 120, 0.50),
        Piece("Gigue in the Rain", "A", "minor", 132, 0.56),
    ), replay_gain=True),
    Album("Kammerensemble Lindenau", "Stone and Air", 2010, "Classical", "chorale", "ogg", (
        Piece("Chorale for Evening", "F", "major", 64, 0.20),
        Piece("Prelude in Green", "D", "minor", 90, 0.42, style="toccata"),
        Piece("Toccata of the Swallows", "G", "major", 116, 0.60, style="toccata"),
        Piece("Vigil", "C", "minor", 72, 0.24),
    )),
)  # fmt: skip
"""Eight artists, twelve albums, forty-eight tracks; half of them major, half minor."""
