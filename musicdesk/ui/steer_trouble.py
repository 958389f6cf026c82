"""Why no list could be steered, and what helps: the page's button goes by what is the matter, not by its words."""

from collections.abc import Sequence
from dataclasses import dataclass

from musicdesk.desk.desk import Desk
from musicdesk.errors import ModelUnavailable, NothingYet, UserFacing
from musicdesk.records import Seed, Track
from musicdesk.ui.empty_states import State


@dataclass(frozen=True, slots=True)
class Refused:
    """The desk's answer where there is no list."""

    seed: Seed
    sentence: str
    remedy: State
    """The face of the page; for a seed that may yet be listened to, STEER_UNHEARD."""

    @classmethod
    def of(cls, desk: Desk, seed: Seed, error: UserFacing) -> "Refused":
        """What is the matter; looks at the desk, so not on the window's thread."""
        return cls(seed, str(error), _remedy(desk, seed, error))

    def state(self, tracks: Sequence[Track], *, back: bool, listening: bool) -> State:
        """What the page shows: ``tracks`` are the seed's that are known, ``back`` that a step before was from another
        seed, ``listening`` that an analysis goes on.
        """
        if self.remedy is not State.STEER_UNHEARD:
            return self.remedy
        if not self.seed.taste and tracks and all(track.problem or track.excluded for track in tracks):
            return State.STEER_BACK if back else State.STEER_UNREADABLE
        return State.STEER_LISTENING if listening else State.STEER_UNHEARD


def _remedy(desk: Desk, seed: Seed, error: UserFacing) -> State:
    if isinstance(error, ModelUnavailable):
        return State.STEER_NO_ENCODER
    if not isinstance(error, NothingYet):
        return State.STEER_AGAIN
    if seed.taste and _analysed(desk):
        return State.NOTHING_LEFT if desk.recommending.taste().gains.any() else State.STEER_MUTED
    return State.STEER_UNHEARD


def _analysed(desk: Desk) -> bool:
    try:
        desk.moods.current()
    except NothingYet:
        return False
    return True
