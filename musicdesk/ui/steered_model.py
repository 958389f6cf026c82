"""The picks of a steering as a table: what moved, what stayed, and why."""

from collections.abc import Sequence

from musicdesk.records import Moved, Steered, SteeredPick
from musicdesk.ui.columns import STEERED_COLUMNS, Column
from musicdesk.ui.labels import plain_tip
from musicdesk.ui.tracks_model import NOTHING, RankingModel


class SteeredModel(RankingModel):
    """A ranking whose rows say what moved and what stayed."""

    def __init__(self) -> None:
        super().__init__()
        self.columns = STEERED_COLUMNS
        self.picks: Sequence[SteeredPick] = ()

    def show_answer(self, answer: Steered | None) -> None:
        """Show these picks; None for none."""
        self.picks = answer.picks if answer else ()
        if answer is not None:
            self.set_tracks({pick.track.audio_hash: pick.track for pick in answer.picks})
        self.show(answer.ranking if answer else NOTHING)

    def pick(self, row: int) -> SteeredPick | None:
        """What is known of a row."""
        return self.picks[row] if 0 <= row < len(self.picks) else None

    def text(self, row: int, column: Column) -> str:
        """What stands in a cell, in words."""
        pick = self.pick(row)
        if column.name == "change":
            return " · ".join(map(brief, pick.moved)) if pick else ""
        if column.name == "stayed":
            return ", ".join(pick.same) if pick else ""
        return super().text(row, column)

    def hint(self, row: int, column: Column) -> str | None:
        """All of what moved and stayed."""
        pick = self.pick(row)
        if pick is None or column.name not in ("change", "stayed"):
            return super().hint(row, column)
        told = (*(moved.words for moved in pick.moved), f"Same: {', '.join(pick.same)}" if pick.same else "",
                f"More like it than {100 * pick.likeness:.0f} % of the library")  # fmt: skip
        return plain_tip("\n".join(filter(None, told)))


def brief(moved: Moved) -> str:
    """As short as a cell wants it: calmer 31→74."""
    return moved.words.replace(": ", " ").replace(" → ", "→")
