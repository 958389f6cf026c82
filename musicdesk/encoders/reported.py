"""How good the encoders are, by what others and we have measured.

**hot** and **cold** are from Tamm & Aljanaki, "Adopting state-of-the-art pretrained audio representations for music
recommender systems" (2026, arXiv 2604.23077), from the tables that its code keeps: 56,512 clips of 30 s, a year of
listening, one month to foretell. Of its approaches one each is told, the one that hears most of the sound:

- hot (songs that others have played): Recall@50 of the approach "shallow". Where the vectors are shuffled it falls to
  a third or less; in the others, collaborative above all, shuffled vectors do nearly as well, or better.
- cold (songs that nobody has played): Recall@50 of the content tower of the contrastive projection. The study's tables
  say @20, but its code takes 50: chance is 50 of 589 songs, 0.085, and there its shuffled vectors come out.

Its nearest neighbours are told nowhere: in the journal's code users and songs are mixed up, and the figures are chance.
MusicFM is left out: the study averaged over its channels and kept 750 moments in time, which tells nothing of MusicFM.
The MFCC baseline takes part in the ranking. Half-widths of the 95 % intervals go up to 0.007 (hot) and 0.04 (cold):
neighbours in the ranking may well be equals.

The figures were measured in the study's own settings, which are the encoders called ``…-study``. The encoders
themselves, which listen better, show them too, for want of others. It has none for the smaller MERT.

**genre** and **mood** are our own, of the encoders as they are, on the 400 excerpts of Emotify (four genres, nine
emotions): what the nearest tracks of other artists tell, of the genre (5 of them; chance 0.25, half-widths of the 95 %
intervals 0.07 to 0.09) and of what people felt (20 of them; chance 0, half-widths 0.04 to 0.05).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from musicdesk.records import Strength

STUDY, OWN = "study", "musicdesk"
VARIANT = "-study"
"""How the names of encoders end that listen in the study's setting."""


@dataclass(frozen=True, slots=True)
class Table:
    """One measure of one task over several encoders, of which more is better."""

    task: str
    metric: str
    by: str
    values: Mapping[str, float]
    """Encoder → value; encoders of the study without the ending."""

    def strength(self, name: str) -> Strength | None:
        """The value and the place of one of them; None for one that was not measured."""
        if name not in self.values:
            return None
        value = self.values[name]
        place = 1 + sum(other > value for other in self.values.values())
        return Strength(self.task, self.metric, value, place, len(self.values), self.by)


REPORTED = (
    Table("hot", "recall@50", STUDY, {
        "muq": 0.0408, "mule": 0.0388, "muq-mulan": 0.0376, "musicnn": 0.0345, "encodecmae": 0.0306,
        "mert-330m": 0.0305, "music2vec": 0.0287, "jukebox": 0.0270, "mfcc": 0.0181,
    }),
    Table("cold", "recall@50", STUDY, {
        "muq": 0.4154, "mule": 0.3950, "muq-mulan": 0.3685, "mert-330m": 0.3401, "musicnn": 0.3337,
        "jukebox": 0.3331, "encodecmae": 0.3308, "music2vec": 0.2419, "mfcc": 0.2205,
    }),
)  # fmt: skip
"""Tamm & Aljanaki: shallow (hot), content tower (cold)."""
MEASURED: tuple[Table, ...] = (
    Table("mood", "mean r", OWN, {"musicnn": 0.543, "cnn": 0.519, "handcrafted": 0.425}),
    Table("genre", "accuracy", OWN, {"musicnn": 0.750, "cnn": 0.650, "handcrafted": 0.585}),
)
"""Our own, as printed by ``musicdesk evaluate encoders EMOTIFY --labels folders``; only of what could be run so far."""


def strengths(name: str) -> tuple[Strength, ...]:
    """What is known of the encoder ``name``, the study's tasks first; nothing for one that nobody has measured."""
    reported = [table.strength(name.removesuffix(VARIANT)) for table in REPORTED]
    measured = [table.strength(name) for table in MEASURED]
    return tuple(strength for strength in (*reported, *measured) if strength is not None)
