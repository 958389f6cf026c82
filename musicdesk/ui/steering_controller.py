"""More like this, but …: from any track, from a playlist of chosen ones, or from the taste.

One answer is made at a time, on the read lane; what a hand asks for meanwhile is asked last and answered next, so the
list follows a drag as quickly as it can and never falls behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer

from musicdesk.desk.desk import Desk
from musicdesk.desk.steering import Live
from musicdesk.errors import UserFacing
from musicdesk.records import AXES, Axis, FloatArray, Seed, Steer, Steered, SteerOffer, Taste, Track
from musicdesk.ui.analysis_status import Work
from musicdesk.ui.empty_states import State
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.mood_grid import Place
from musicdesk.ui.steer_trail import GRID, Step, Trail, further, pointed
from musicdesk.ui.steer_trouble import Refused
from musicdesk.ui.steer_words import in_the_window
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import TAB_FOR_YOU, TAB_STEER, Workspace

REST_MS, ANEW_MS = 250, 300
"""So long a row must be chosen before it is asked where one could go from it; so long the library must be still."""
PICKS = 100
TASTE = Seed("Like your taste", taste=True)


@dataclass(frozen=True, eq=False)
class Held:
    """A seed in the hand, and what can be asked of it."""

    seed: Seed
    live: Live
    offers: tuple[SteerOffer, ...]
    library: FloatArray  # [n, 2] valence and arousal of every track


class SteeringController(QObject):
    """Keeps the page, the trail and the desk together."""

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace, library: LibraryController) -> None:
        super().__init__(window)
        self._desk, self._tasks, self._window, self._library = desk, tasks, window, library
        self._page, self._bar = window.steer, window.for_you.bar
        self.trail = Trail()
        self._held: Held | None = None
        self._draft: Steer | None = None
        """What is asked while a hand is on grid or slider; no step of its own yet."""
        self._busy = self._again = False
        self._came_from = TAB_FOR_YOU
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._ask_offers)
        self._anew = QTimer(self, singleShot=True, interval=ANEW_MS)
        self._anew.timeout.connect(self._hold_anew)
        self._connect()

    def _connect(self) -> None:
        page, window = self._page, self._window
        page.strength.set_amount(self._desk.settings.steer_strength)
        page.set_keeping(tuple(filter(None, self._desk.settings.steer_keep.split(","))))
        page.crumbs.stepped.connect(self.go)
        page.crumbs.left.connect(self.leave)
        page.bar.asked.connect(self.go_on)
        page.grid.moving.connect(lambda x, y: self._try(pointed(self._steer, (x, y))))
        page.grid.settled.connect(lambda x, y: self._point((x, y)))
        page.grid.cleared.connect(lambda: self._change(pointed(self._steer, None)))
        page.strength_moving.connect(lambda value: self._try(replace(self._steer, strength=value)))
        page.strength_set.connect(self._set_strength)
        page.kept.connect(self._set_keeping)
        page.taste_kept.connect(self.keep_taste)
        page.playlist_asked.connect(window.actions_["add_to_playlist"].trigger)
        self._bar.asked.connect(self._from_row)
        self._bar.grid_asked.connect(self.begin_chosen)
        window.for_you.view.chosen.connect(lambda _: self._rest.start())
        window.tabs.currentChanged.connect(lambda _: self._rest.start())
        window.actions_.on("steer", self.begin_chosen)
        window.actions_.on("steer_taste", self.begin_taste)
        window.actions_.on("steer_back", self.back)
        window.actions_.on("steer_on", self.forward)
        window.actions_.on("steer_again", self.again)

    # ------------------------------------------------------------------ where it begins

    def begin_chosen(self) -> None:
        """B: more like the chosen tracks, but …"""
        tracks = self._library.targets()
        if tracks:
            self.begin(self.seed_of(tracks))
        else:
            self._window.notice.say("Choose a track first; then B asks for more like it, but …", brief=True)

    def begin_taste(self) -> None:
        """More of your taste, but …"""
        self.begin(TASTE)

    def begin(self, seed: Seed, offer: SteerOffer | None = None) -> None:
        """Steer from a seed; from the page itself that is one step further."""
        steer = Steer(strength=self._page.strength.amount, keep=self._page.keeping, limit=PICKS)
        trail = self.trail if self._window.tabs.currentIndex() == TAB_STEER else Trail()
        if self._window.tabs.currentIndex() != TAB_STEER:
            self._came_from = self._window.tabs.currentIndex()
        self.trail = trail.then(Step(seed, steer, seed.label.removeprefix("Like ")))
        if offer is not None:
            self.trail = self.trail.then(Step(seed, further(steer, offer.steer), offer.name))
        self._show_trail()
        if self._page.state is not None:
            self._page.show_state(State.STEERING)
        self._window.show_tab(TAB_STEER)
        self._ask()

    def _from_row(self, offer: SteerOffer) -> None:
        track = self._window.for_you.view.current()
        if track is not None:
            self.begin(self.seed_of((track,)), offer)

    def seed_of(self, tracks: Sequence[Track]) -> Seed:
        """These tracks as a seed, under the name that is shown."""
        label = f"“{tracks[0].title}”" if len(tracks) == 1 else f"{len(tracks)} tracks"
        return self._desk.steering.seed_of(tracks, label) if any(t.audio_hash for t in tracks) else Seed(label)

    # ------------------------------------------------------------------ steps

    @property
    def _steer(self) -> Steer:
        """What is asked for now."""
        return self._draft or (self.trail.step.steer if self.trail else Steer(limit=PICKS))

    def go(self, number: int) -> None:
        """To another of the steps."""
        if self.trail:
            self.trail = self.trail.at(number)
            self._draft = None
            self._page.strength.set_amount(self.trail.step.steer.strength)
            self._page.set_keeping(self.trail.step.steer.keep)
            self._show_trail()
            self._ask()

    def back(self) -> None:
        """One step back."""
        if self.trail.here > 0:
            self.go(self.trail.here - 1)

    def forward(self) -> None:
        """The step that one came back from."""
        if self.trail and self.trail.here + 1 < len(self.trail.steps):
            self.go(self.trail.here + 1)

    def again(self) -> None:
        """Ask once more; something may have changed since."""
        if self.trail:
            self._held = None
            if self._page.state is not None:
                self._page.show_state(State.STEERING)
            self._ask()

    def go_on(self, offer: SteerOffer) -> None:
        """From the same seed, and this as well."""
        if self.trail:
            step = self.trail.step
            self.trail = self.trail.then(Step(step.seed, further(self._steer, offer.steer), offer.name))
            self._draft = None
            self._show_trail()
            self._ask()

    def _point(self, place: Place) -> None:
        """The hand has let go of the target."""
        if not self.trail:
            return
        step = self.trail.step
        made = Step(step.seed, pointed(step.steer, place), GRID)
        self.trail = self.trail.instead(made) if step.name == GRID else self.trail.then(made)
        self._draft = None
        self._show_trail()
        self._ask()

    def _try(self, steer: Steer) -> None:
        """Ask for it while a hand moves; no step."""
        if self.trail:
            self._draft = steer
            self._ask()

    def _change(self, steer: Steer) -> None:
        """The same step, asked otherwise."""
        if self.trail:
            self.trail = self.trail.instead(replace(self.trail.step, steer=steer))
            self._draft = None
            self._ask()

    def _set_strength(self, strength: float) -> None:
        self._desk.set(steer_strength=strength)
        self._change(replace(self._steer, strength=strength))

    def _set_keeping(self) -> None:
        self._desk.set(steer_keep=",".join(self._page.keeping))
        self._change(replace(self._steer, keep=self._page.keeping))

    def leave(self) -> bool:
        """Back to where it began; False if nothing is steered."""
        if not self.trail:
            return False
        self.trail, self._draft, self._held = Trail(), None, None
        self._page.show_state(State.NO_STEERING)
        self._window.show_tab(self._came_from)
        return True

    def _show_trail(self) -> None:
        self._page.crumbs.set_steps(self.trail.names, self.trail.here)

    # ------------------------------------------------------------------ ask and show

    def refresh(self) -> None:
        """Library, taste or moods have changed: take hold anew."""
        self._anew.start()
        self._rest.start()

    def _hold_anew(self) -> None:
        """Not under a hand: the list would jump."""
        if self._draft is not None or self._page.grid.busy:
            self._anew.start()
        elif self.trail:
            self._held = None
            self._ask()

    def _ask(self) -> None:
        if self._busy:
            self._again = True
            return
        self._busy, self._again = True, False
        seed, steer, held = self.trail.step.seed, self._steer, self._held
        self._tasks.read(lambda: self._tried(seed, steer, held), self._show, failed=self._broken)

    def _tried(self, seed: Seed, steer: Steer, held: Held | None) -> tuple[Held, Steered] | Refused:
        try:
            return self._answer(seed, steer, held)
        except UserFacing as error:
            return Refused.of(self._desk, seed, error)

    def _answer(self, seed: Seed, steer: Steer, held: Held | None) -> tuple[Held, Steered]:
        if held is None or held.seed != seed:
            live, axes = self._desk.steering.live(seed), [AXES.index(Axis.VALENCE), AXES.index(Axis.AROUSAL)]
            held = Held(seed, live, self._desk.steering.offers_of(live), live.bearings.moods.axes[:, axes])
        return held, held.live.at(steer)

    def _show(self, found: tuple[Held, Steered] | Refused) -> None:
        if isinstance(found, Refused):
            self._cannot(found)
            return
        held, answer = found
        self._busy = False
        if self.trail and held.seed == self.trail.step.seed:
            fresh, self._held = self._held is not held, held
            if fresh:
                self._page.bar.set_offers(held.offers)
                self._page.grid.set_library(held.library)
            self._page.show_answer(answer, target=self._steer.point)
        self._next()

    def _broken(self, sentence: str) -> None:
        """Nobody foresaw it."""
        self._cannot(Refused(self.trail.step.seed if self.trail else TASTE, sentence, State.STEER_AGAIN))

    def _cannot(self, refused: Refused) -> None:
        """It cannot be asked: say why in place, and go back to what could be, or offer what helps."""
        self._busy = False
        self._draft = None
        held = self._held.seed if self._held is not None and self._page.state is None else None
        could = [number for number in range(self.trail.here) if self.trail.steps[number].seed == held]
        if could:
            self.trail = self.trail.at(could[-1])
            self._show_trail()
            self._say(refused.sentence)
        elif self.trail:
            self._held = None
            self._page.show_state(self._face_of(refused), sentence=refused.sentence)
        self._next()

    def _face_of(self, refused: Refused) -> State:
        tracks = [track for sound in refused.seed.sounds if (track := self._library.of_hash(sound)) is not None]
        back = any(step.seed != refused.seed for step in self.trail.steps[: self.trail.here])
        face = refused.state(tracks, back=back, listening=self._window.library.status.work is not Work.IDLE)
        return State.STEER_AGAIN if face is State.STEER_UNHEARD and self._desk.read_only else face

    def _say(self, sentence: str) -> None:
        self._page.notice.say(in_the_window(sentence), brief=True)

    def _next(self) -> None:
        if self._again and self.trail:
            self._ask()

    # ------------------------------------------------------------------ the bar below For you

    def _ask_offers(self) -> None:
        track = self._window.for_you.view.current()
        if self._window.tabs.currentIndex() != TAB_FOR_YOU or track is None or not track.audio_hash:
            return
        seed = self.seed_of((track,))
        self._tasks.read(
            lambda: self._desk.steering.offers(seed), self._bar_shows, failed=lambda _: self._bar_shows(()),
            key="steer offers",
        )  # fmt: skip

    def _bar_shows(self, offers: Sequence[SteerOffer]) -> None:
        self._bar.set_offers(offers)
        self._bar.setVisible(bool(offers))

    # ------------------------------------------------------------------ the taste

    def keep_taste(self) -> None:
        """The steered taste is the taste from now on."""
        steer = self._steer
        self._tasks.write(lambda: self._desk.steering.keep(steer), self._kept, failed=self._say)

    def _kept(self, _: Taste) -> None:
        self.leave()
        self._window.notice.say(
            "Your taste has moved.", button="Undo", do=self._window.actions_["undo"].trigger, brief=True
        )
