"""From a piece and its style to notes: form, chords, a melody that repeats itself, and hands that are not clocks."""

from dataclasses import dataclass, replace

import numpy as np

from musicdesk.audio.drums import KITS
from musicdesk.library.demo_albums import Piece
from musicdesk.library.demo_styles import Layer, Style

STEPS = 4
"""Steps of a pattern in a beat."""
WANTED_S = 33.0
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
TONICS = {"C": 0, "C#": 1, "D": 2, "Eb": 3, "E": 4, "F": 5, "F#": 6, "G": 7, "Ab": 8, "A": 9, "Bb": 10, "B": 11}
FORMS = {1: "A", 2: "AB", 3: "ABA", 4: "AABA", 5: "AABBA", 6: "AABABA"}


@dataclass(frozen=True)
class Note:
    """A note to be played; times in beats."""

    beat: float
    beats: float
    pitch: int | str
    """MIDI note, or the drum's name."""
    velocity: float


@dataclass(frozen=True)
class Part:
    """A layer with its notes."""

    layer: Layer
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Score:
    """Everything that is played, and how long it takes."""

    parts: tuple[Part, ...]
    beats: float
    tempo_bpm: float
    hardness: float

    @property
    def instruments(self) -> tuple[str, ...]:
        """What is heard, each once."""
        names = ("drums" if part.layer.instrument in KITS else part.layer.instrument for part in self.parts)
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True)
class Chord:
    """A chord within a key."""

    tonic: int
    scale: tuple[int, ...]
    degree: int
    """0 is the tonic's."""
    size: int = 3
    leading: bool = False
    """The key's seventh step is raised."""

    def pitch(self, step: int) -> int:
        """The semitones of a step of the scale above C, octaves included."""
        octave, within = divmod(step, 7)
        raised = 1 if self.leading and within == 6 and self.scale[6] == 10 else 0
        return self.tonic + 12 * octave + self.scale[within] + raised

    def tones(self) -> list[int]:
        """Root, third, fifth (and seventh) in semitones above C."""
        return [self.pitch(self.degree + 2 * k) for k in range(self.size)]

    def ladder(self, floor: int) -> list[int]:
        """Root, fifth, octave, tenth, twelfth … from the first root at or above ``floor``."""
        root, third, fifth = self.tones()[:3]
        base = floor + (root - floor) % 12
        up, top = (third - root) % 12, (fifth - root) % 12
        return [base, base + top, base + 12, base + 12 + up, base + 12 + top, base + 24, base + 24 + up]

    def close(self, centre: int) -> list[int]:
        """All tones within half an octave of ``centre``, lowest first: so each voice moves little."""
        return sorted(centre - 6 + (tone - centre + 6) % 12 for tone in self.tones())


@dataclass(frozen=True)
class Bar:
    """One bar of the form."""

    section: str
    """i, a, A, B or o."""
    index: int
    """Within the section."""
    chord: Chord
    after: Chord
    """The next bar's."""


def compose(piece: Piece, style: Style, *, rng: np.random.Generator) -> Score:
    """The piece written out."""
    bars = _bars(piece, style, rng=rng)
    parts = (Part(layer, _notes(layer, bars, piece=piece, style=style, rng=rng)) for layer in style.layers)
    return Score(
        parts=tuple(part for part in parts if part.notes),
        beats=len(bars) * style.beats,
        tempo_bpm=piece.tempo_bpm,
        hardness=0.2 + 0.7 * piece.energy,
    )


def busyness(piece: Piece, count: int) -> int:
    """Which of ``count`` patterns, calm to busy, this piece's energy asks for."""
    return min(count - 1, int(piece.energy * 1.25 * count))


# ------------------------------------------------------------------------------ form and chords


def _form(piece: Piece, style: Style) -> list[tuple[str, int]]:
    """Sections, bar by bar, of about the length that is wanted."""
    bar_s = style.beats * 60 / piece.tempo_bpm
    lengths = {(lead + 4 * count + 1): (lead, count) for count in FORMS for lead in (0, 1, 2)}
    lead, count = lengths[min(lengths, key=lambda bars: abs(bars * bar_s + style.tail_s - WANTED_S))]
    sections, seen = [("i", lead)], False
    for letter in FORMS[count]:
        sections.append(("a" if letter == "A" and not seen else letter, 4))
        seen = True
    return [(name, index) for name, bars in [*sections, ("o", 1)] for index in range(bars)]


def _bars(piece: Piece, style: Style, *, rng: np.random.Generator) -> list[Bar]:
    choices = style.major if piece.mode == "major" else style.minor
    first, second = rng.choice(len(choices), 2, replace=False)
    progressions = {"i": choices[first], "a": choices[first], "A": choices[first], "B": choices[second], "o": "1"}
    form = _form(piece, style)
    chords = [_chord(piece, style, int(progressions[name][index]) - 1) for name, index in form]
    return [
        Bar(name, index, chord, after)
        for (name, index), chord, after in zip(form, chords, [*chords[1:], chords[-1]], strict=True)
    ]


def _chord(piece: Piece, style: Style, degree: int) -> Chord:
    size = 4 if style.sevenths and not (degree == 0 and piece.mode == "minor") else 3
    return Chord(TONICS[piece.key], SCALES[piece.mode], degree, size, leading=style.leading and degree == 4)


# ------------------------------------------------------------------------------ layers


def _notes(layer: Layer, bars: list[Bar], *, piece: Piece, style: Style, rng: np.random.Generator) -> tuple[Note, ...]:
    if layer.grooves:
        notes = _drums(layer, bars, style=style)
    elif "x" in layer.patterns[0]:
        notes = _melody(layer, bars, piece=piece, style=style)
    else:
        pattern = layer.patterns[busyness(piece, len(layer.patterns))]
        notes = [note for number, bar in enumerate(bars) for note in _bar(layer, bar, number, pattern, style=style)]
    return tuple(_by_hand(note, style=style, tempo_bpm=piece.tempo_bpm, rng=rng) for note in notes)


def _by_hand(note: Note, *, style: Style, tempo_bpm: float, rng: np.random.Generator) -> Note:
    """Swung, a little early or late, a little louder or softer."""
    whole, part = divmod(note.beat, 1.0)
    swung = 2 * part * style.swing if part < 0.5 else style.swing + (2 * part - 1) * (1 - style.swing)
    late = float(np.clip(rng.normal(0, style.loose_s), -2 * style.loose_s, 2 * style.loose_s)) * tempo_bpm / 60
    velocity = note.velocity * (1 + float(np.clip(rng.normal(0, 0.05), -0.1, 0.1)))
    return replace(note, beat=max(0.0, whole + swung + late), velocity=velocity)


def _accent(step: int) -> float:
    """The first beat is heavier than the others, beats heavier than what lies between."""
    return 1.0 if step == 0 else 0.88 if step % STEPS == 0 else 0.76


def _bar(layer: Layer, bar: Bar, number: int, pattern: str, *, style: Style) -> list[Note]:
    """One bar of accompaniment; in the closing bar one chord that outlasts it."""
    if bar.section not in layer.plays:
        return []
    if bar.section == "o":
        pattern = ("c" if set(pattern) & set("cu") else "p" if "p" in pattern else "0").ljust(2 * len(pattern), "-")
    start = number * style.beats
    notes = []
    for step, sign in enumerate(pattern):
        if sign in "-.":
            continue
        steps = len(pattern) - step if layer.ring else _held(pattern, step)
        for late_s, pitch in _struck(layer, bar, sign, step):
            notes.append(Note(start + step / STEPS + late_s, steps / STEPS, pitch, _accent(step)))
    return notes


def _held(pattern: str, step: int) -> int:
    """How many steps the note begun at ``step`` lasts."""
    rest = pattern[step + 1 :]
    return 1 + len(rest) - len(rest.lstrip("-"))


def _struck(layer: Layer, bar: Bar, sign: str, step: int) -> list[tuple[float, int]]:
    """The notes of one sign, each with its delay in beats."""
    if sign == "w":
        return [(0.0, _walk(bar, step // STEPS, layer.at))]
    ladder = bar.chord.ladder(layer.at)
    if sign.isdigit():
        return [(0.0, ladder[int(sign)])]
    pitches = ladder[:3] if sign == "p" else bar.chord.close(layer.at)
    if layer.strum_s:
        pitches = sorted({ladder[0] if sign == "c" else pitches[0], *pitches, pitches[0] + 12}, reverse=sign == "u")
    return [(index * layer.strum_s * 2, pitch) for index, pitch in enumerate(pitches)]


def _walk(bar: Bar, beat: int, floor: int) -> int:
    """Root, third, fifth, then a half-tone below or above where the next chord begins."""
    root = bar.chord.ladder(floor)[0]
    third, fifth = ((tone - root) % 12 for tone in bar.chord.tones()[1:3])
    target = bar.after.ladder(floor)[0]
    return (root, root + third, root + fifth, target + (1 if target > root else -1 if target < root else 2))[beat]


def _drums(layer: Layer, bars: list[Bar], *, style: Style) -> list[Note]:
    """Bars in turn, a fill before a new section, a cymbal on its first beat."""
    notes: list[Note] = []
    for number, bar in enumerate(bars):
        if bar.section not in layer.plays:
            continue
        start = float(number * style.beats)
        if bar.section == "o":
            return [*notes, Note(start, 1, "kick", 1.0), Note(start, 1, "crash", 0.8)]
        if bar.index == 0 and "crash" in KITS[layer.instrument] and layer.instrument != "brushes":
            notes.append(Note(start, 1, "crash", 0.7))
        fill = bar.index == 3
        groove = layer.grooves[-1] if fill else layer.grooves[bar.index % (len(layer.grooves) - 1)]
        for sound, pattern in groove.items():
            for step, sign in enumerate(pattern):
                if sign != ".":
                    notes.append(Note(start + step / STEPS, 1, sound, 1.0 if sign == "X" else 0.72))
    return notes


# ------------------------------------------------------------------------------ melody


def _melody(layer: Layer, bars: list[Bar], *, piece: Piece, style: Style) -> list[Note]:
    """A phrase a section, the same whenever the section comes back; in the closing bar the tonic, held."""
    motifs = {letter: _Motif.of(layer, letter, piece=piece) for letter in "aB"}
    notes: list[Note] = []
    step = 0
    for number, bar in enumerate(bars):
        if bar.section not in layer.plays:
            continue
        start = float(number * style.beats)
        if bar.section == "o":
            home = _nearest(bar.chord, bar.chord.pitch(step) or layer.at, among=(0,))
            notes.append(Note(start, 2 * style.beats, bar.chord.pitch(home), 0.9))
            break
        motif = motifs["B" if bar.section == "B" else "a"]
        if bar.index == 0:
            step = motif.start + _nearest(bar.chord, layer.at)
        for place, length, move in motif.bar(bar.index, style.beats * STEPS):
            step = _next(step + move, bar.chord, layer.at, settle=place % (2 * STEPS) == 0 or length > STEPS)
            notes.append(Note(start + place / STEPS, length / STEPS * 0.95, bar.chord.pitch(step), _accent(place)))
    return notes


@dataclass(frozen=True)
class _Motif:
    """A rhythm of two bars and the steps between its notes; bar three is bar one again, bar four comes to rest."""

    start: int
    rhythm: str
    moves: tuple[int, ...]

    @classmethod
    def of(cls, layer: Layer, letter: str, *, piece: Piece) -> "_Motif":
        """The same for every instrument that takes up this section's melody."""
        rng = np.random.default_rng([*piece.title.encode(), ord(letter)])
        calm = busyness(piece, len(layer.patterns))
        rhythm = layer.patterns[int(rng.integers(max(0, calm - 1), calm + 1))]
        moves = rng.choice([-3, -2, -1, 1, 2, 3], rhythm.count("x"), p=[0.05, 0.13, 0.32, 0.3, 0.15, 0.05])
        return cls(int(rng.choice([0, 2, 4])), rhythm, tuple(int(move) for move in moves))

    def bar(self, index: int, steps: int) -> list[tuple[int, int, int]]:
        """Place, length and move of each note of one of the four bars."""
        half = index % 2
        before = self.rhythm[:steps].count("x") if half else 0
        rhythm = self.rhythm[half * steps : (half + 1) * steps]
        if index == 3:  # a breath at the end of the phrase
            kept = rhythm[: steps // 2].rstrip("x.") or "x"
            rhythm = kept.ljust(steps - STEPS // 2, "-").ljust(steps, ".")
        places = [place for place, sign in enumerate(rhythm) if sign == "x"]
        sign = -1 if index == 3 else 1  # the answer turns the question round
        return [(p, _held(rhythm, p), sign * self.moves[before + n]) for n, p in enumerate(places)]


def _next(step: int, chord: Chord, centre: int, *, settle: bool) -> int:
    """Back towards the middle where it strays, on a chord tone where it rests."""
    pitch = chord.pitch(step)
    if pitch > centre + 9:
        step -= 3
    elif pitch < centre - 9:
        step += 3
    return _nearest(chord, chord.pitch(step)) if settle else step


def _nearest(chord: Chord, pitch: int, *, among: tuple[int, ...] = (0, 2, 4)) -> int:
    """The step of the scale that is a tone of the chord and lies nearest to ``pitch``."""
    steps = [chord.degree + tone + 7 * octave for octave in range(-1, 12) for tone in among]
    return min(steps, key=lambda step: abs(chord.pitch(step) - pitch))
