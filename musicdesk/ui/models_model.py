"""The encoders as a table: a row each, the study's settings folded under the encoder whose weights they share."""

from collections.abc import Callable, Iterable, Sequence
from enum import Enum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from musicdesk.records import ModelStatus, Strength
from musicdesk.ui.models_words import (
    MEANINGS,
    MEANS,
    Standing,
    best,
    cost_text,
    good_at_hint,
    licence_text,
    memory_text,
    ordinal,
    problem_text,
    seconds_text,
    size_text,
    standing,
)

Index = QModelIndex | QPersistentModelIndex


class Head(Enum):
    """The columns."""

    NAME = "Encoder"
    HOT = "Hot"
    COLD = "Cold"
    MOOD = "Mood"
    GENRE = "Genre"
    SIZE = "Size"
    LICENCE = "Licence"
    MEMORY = "Memory"
    DIM = "Dim."
    COST = "s/track"
    STATE = "State"


HEADS = tuple(Head)
PLACES = {Head.HOT: "hot", Head.COLD: "cold", Head.MOOD: "mood", Head.GENRE: "genre"}
"""Columns that show a place, and the task it is for."""
RIGHT = (Head.SIZE, Head.MEMORY, Head.DIM, Head.COST)
HINTS = {
    **{head: f"Its place among the encoders compared: {MEANINGS[task]}" for head, task in PLACES.items()},
    Head.SIZE: "What its weights take on the disk",
    Head.MEMORY: "What its network needs at least",
    Head.DIM: "How many numbers it makes of a track",
    Head.COST: "Seconds a track took on this computer, the last time it listened",
}


class ModelsModel(QAbstractTableModel):
    """Encoders in the order that is chosen; a variant stays under its encoder."""

    def __init__(self) -> None:
        super().__init__()
        self._all: Sequence[ModelStatus] = ()
        self._rows: tuple[ModelStatus, ...] = ()
        self.used = ""
        """The name of the encoder in use."""
        self.variants = False
        self._sorted_by: Head | None = None
        self._descending = False

    # ------------------------------------------------------------------ what is shown

    @property
    def models(self) -> Sequence[ModelStatus]:
        """All of them, shown or folded away."""
        return self._all

    def model(self, row: int) -> ModelStatus:
        """The encoder of a row."""
        return self._rows[row]

    def row_of(self, name: str) -> int:
        """Where an encoder stands; -1 if it is not shown."""
        return next((row for row, model in enumerate(self._rows) if model.name == name), -1)

    def short_title(self, model: ModelStatus) -> str:
        """What an encoder is called in its row; a variant stands under its encoder, whose name need not come again."""
        base = next((base.title for base in self._all if base.name == model.variant_of), None)
        return model.title.removeprefix(base).strip(" ,()") or model.title if base else model.title

    def is_measured(self, head: Head) -> bool:
        """Whether there is anything to show in a column of places."""
        return head not in PLACES or any(strength_of(model, head) for model in self._all)

    def set_models(self, models: Sequence[ModelStatus], used: str) -> None:
        """Show these; the same once more change nothing."""
        if (tuple(models), used) != (self._all, self.used):
            self._all, self.used = tuple(models), used
            self._change()

    def show_variants(self, on: bool) -> None:
        """Show the variants too, or fold them away."""
        if on != self.variants:
            self.variants = on
            self._change()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; none is the desk's own order."""
        self._sorted_by = HEADS[column] if 0 <= column < len(HEADS) else None
        self._descending = order == Qt.SortOrder.DescendingOrder and self._sorted_by is not None
        self._change()

    def _change(self) -> None:
        self.beginResetModel()
        self._rows = tuple(self._ordered())
        self.endResetModel()

    def _ordered(self) -> Iterable[ModelStatus]:
        names = {model.name for model in self._all}
        bases = [model for model in self._all if model.variant_of not in names]
        order = _ORDERS.get(self._sorted_by) if self._sorted_by is not None else None
        if order is not None:
            key = order(self.used)
            known = [model for model in bases if key(model) is not None]
            known.sort(key=key, reverse=self._descending)  # type: ignore[arg-type]  # none is None
            bases = known + [model for model in bases if key(model) is None]
        for base in bases:
            yield base
            yield from (v for v in self._all if v.variant_of == base.name and self._unfolded(v))

    def _unfolded(self, variant: ModelStatus) -> bool:
        """A variant that is in use is shown in any case."""
        return self.variants or variant.name == self.used

    # ------------------------------------------------------------------ what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Encoders that are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """From the name to the state."""
        return 0 if parent.isValid() else len(HEADS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        model, head = self._rows[index.row()], HEADS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text_of(model, head, self.used)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{head.value}: {text_of(model, head, self.used) or 'not measured'}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint_of(model, head, self.used)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(head)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(HEADS[section]) if orientation == Qt.Orientation.Horizontal else None
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return HINTS.get(HEADS[section])
        return HEADS[section].value if role == Qt.ItemDataRole.DisplayRole else None


def _side(head: Head) -> Qt.AlignmentFlag:
    if head in PLACES:
        return Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
    side = Qt.AlignmentFlag.AlignRight if head in RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def strength_of(model: ModelStatus, head: Head) -> Strength | None:
    """What a column of places shows of an encoder."""
    return best(model.strengths, PLACES[head])


def text_of(model: ModelStatus, head: Head, used: str) -> str:
    """What stands in a cell."""
    match head:
        case Head.NAME:
            return model.title
        case Head.SIZE:
            return size_text(model)
        case Head.LICENCE:
            return licence_text(model)
        case Head.MEMORY:
            return memory_text(model)
        case Head.DIM:
            return f"{model.dim:,}"
        case Head.COST:
            return seconds_text(model.cost.wall_s) if model.cost else "–"
        case Head.STATE:
            return standing(model, used).value
    strength = strength_of(model, head)
    return ordinal(strength.place) if strength else ""


def hint_of(model: ModelStatus, head: Head, used: str) -> str | None:
    """The same at full length."""
    match head:
        case Head.NAME:
            return f"{model.title} ({model.name})\n{model.setting}".strip()
        case Head.COST:
            return cost_text(model.cost)
        case Head.LICENCE:
            return model.licence
        case Head.STATE:
            return problem_text(model) or MEANS[standing(model, used)]
    if head in PLACES:
        return good_at_hint(model.strengths, PLACES[head]) or None
    return text_of(model, head, used)


Key = Callable[[ModelStatus], str | float | None]


def _place(head: Head) -> Callable[[str], Key]:
    def key(model: ModelStatus) -> float | None:
        strength = strength_of(model, head)
        return None if strength is None else strength.place / strength.of

    return lambda _: key


_STANDINGS = tuple(Standing)
_ORDERS: dict[Head, Callable[[str], Key]] = {
    Head.NAME: lambda _: lambda model: model.title.casefold(),
    **{head: _place(head) for head in PLACES},
    Head.SIZE: lambda _: lambda model: model.size_bytes,
    Head.LICENCE: lambda _: lambda model: model.licence.casefold(),
    Head.MEMORY: lambda _: lambda model: model.memory_mb,
    Head.DIM: lambda _: lambda model: model.dim,
    Head.COST: lambda _: lambda model: model.cost.wall_s if model.cost else None,
    Head.STATE: lambda used: lambda model: _STANDINGS.index(standing(model, used)),
}
"""What a column is ordered by; what is not known comes last either way."""
