"""A window and a desk together: builds the controllers, joins them, and ends them."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt

from musicdesk.desk.desk import Desk
from musicdesk.ui import theme
from musicdesk.ui.adding_controller import AddingController
from musicdesk.ui.advising_controller import AdvisingController
from musicdesk.ui.bridge import Bridge
from musicdesk.ui.choosing_controller import ChoosingController
from musicdesk.ui.coverage_controller import CoverageController
from musicdesk.ui.curating_controller import CuratingController
from musicdesk.ui.evidence_controller import EvidenceController
from musicdesk.ui.explanation_controller import ExplanationController
from musicdesk.ui.feedback_controller import FeedbackController
from musicdesk.ui.group_controller import GroupController
from musicdesk.ui.hover_controller import HoverController
from musicdesk.ui.indexing_controller import IndexingController
from musicdesk.ui.library_controller import LibraryController
from musicdesk.ui.listeners_controller import ListenersController
from musicdesk.ui.map_controller import MapController
from musicdesk.ui.meaning_controller import MeaningController
from musicdesk.ui.models_controller import ModelsController
from musicdesk.ui.mood_controller import MoodController
from musicdesk.ui.pictures_controller import PicturesController
from musicdesk.ui.playback_controller import PlaybackController
from musicdesk.ui.ranking_controller import RankingController
from musicdesk.ui.search_controller import SearchController
from musicdesk.ui.search_saving import SearchSaving
from musicdesk.ui.settings_dialog import SettingsDialog
from musicdesk.ui.shaping_controller import ShapingController
from musicdesk.ui.shortcut_sheet import ShortcutSheet
from musicdesk.ui.steering_controller import SteeringController
from musicdesk.ui.tagging_controller import TaggingController
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.tastes_controller import TastesController
from musicdesk.ui.training_controller import TrainingController
from musicdesk.ui.walking_controller import WalkingController
from musicdesk.ui.watching_controller import WatchingController
from musicdesk.ui.workspace import TAB_LISTENERS, TAB_MAP, TAB_MODELS, TAB_STEER, Workspace


class Session(QObject):
    """Alive from the opening of a desk to the closing of the window."""

    def __init__(self, desk: Desk, *, tasks: Tasks, window: Workspace) -> None:
        super().__init__(window)
        self.desk, self.tasks, self.window = desk, tasks, window
        self._closed = False
        self.bridge = Bridge(desk.events, self)
        self.library = LibraryController(desk, tasks=tasks, window=window)
        self.ranking = RankingController(desk, tasks=tasks, window=window, library=self.library)
        self.explanation = ExplanationController(
            desk, tasks=tasks, window=window, library=self.library, ranking=self.ranking
        )
        self.pictures = PicturesController(desk, tasks=tasks, window=window, ranking=self.ranking)
        self.indexing = IndexingController(desk, tasks=tasks, window=window)
        self.coverage = CoverageController(desk, tasks=tasks, window=window, indexing=self.indexing)
        self.models = ModelsController(desk, tasks=tasks, window=window, indexing=self.indexing)
        self.training = TrainingController(desk, tasks=tasks, window=window, models=self.models)
        self.meaning = MeaningController(desk, tasks=tasks, window=window, models=self.models)
        self.watching = WatchingController(
            desk, tasks=tasks, window=window, library=self.library, indexing=self.indexing
        )
        self.playback = PlaybackController(desk, tasks=tasks, window=window, library=self.library)
        self.feedback = FeedbackController(desk, tasks=tasks, window=window, library=self.library)
        self.curating = CuratingController(desk, tasks=tasks, window=window, library=self.library)
        self.search = SearchController(desk, tasks=tasks, window=window, library=self.library)
        self.searches = SearchSaving(desk, tasks=tasks, window=window, search=self.search, curating=self.curating)
        self.tagging = TaggingController(desk, tasks=tasks, window=window, library=self.library)
        self.advising = AdvisingController(desk, tasks=tasks, window=window)
        self.evidence = EvidenceController(
            desk, tasks=tasks, window=window, indexing=self.indexing, advising=self.advising
        )
        self.listeners = ListenersController(desk, tasks=tasks, window=window)
        self.shaping = ShapingController(desk, tasks=tasks, window=window, library=self.library, ranking=self.ranking)
        self.adding = AddingController(desk, tasks=tasks, window=window, library=self.library, shaping=self.shaping)
        self.tastes = TastesController(desk, tasks=tasks, window=window)
        self.mapping = MapController(desk, tasks=tasks, window=window, library=self.library, playback=self.playback)
        self.hover = HoverController(desk, window=window, playback=self.playback)
        self.steering = SteeringController(desk, tasks=tasks, window=window, library=self.library)
        self.choosing = ChoosingController(
            desk, tasks=tasks, window=window, ranking=self.ranking, steering=self.steering, playback=self.playback
        )
        self.choosing.listen(self.feedback, self.curating)
        self.walking = WalkingController(
            desk, tasks=tasks, window=window, library=self.library, playback=self.playback, curating=self.curating,
            steering=self.steering,
        )  # fmt: skip
        self.moods = MoodController(desk, tasks=tasks, window=window, library=self.library, feedback=self.feedback)
        self.groups = GroupController(desk, tasks=tasks, window=window, curating=self.curating)
        self._join()

    def _join(self) -> None:
        bridge, window = self.bridge, self.window
        bridge.library_changed.connect(self.library.refresh)
        bridge.feedback_changed.connect(self.library.refresh)
        bridge.tags_changed.connect(self.library.refresh)
        bridge.analysis_changed.connect(self.library.refresh)
        bridge.analysis_changed.connect(self.ranking.grow)
        bridge.library_changed.connect(self.ranking.grow)
        bridge.library_changed.connect(self.coverage.refresh)
        bridge.analysis_changed.connect(self.coverage.refresh)
        bridge.taste_changed.connect(self.ranking.refresh)
        bridge.taste_changed.connect(self.tastes.refresh)
        for changed in (bridge.taste_changed, bridge.analysis_changed):
            changed.connect(self.evidence.refresh)
        bridge.playlists_changed.connect(self.curating.refresh)
        bridge.searches_changed.connect(self.searches.refresh)
        for changed in (bridge.library_changed, bridge.analysis_changed, bridge.tags_changed, bridge.moods_changed):
            changed.connect(self.search.refresh)
        self.tagging.find_asked.connect(self.search.find)
        for changed in (bridge.analysis_changed, bridge.feedback_changed, bridge.playlists_changed):
            changed.connect(self.meaning.refresh)
        self.models.installed.connect(lambda _: self.search.refresh())
        window.found.needed_asked.connect(self._get_what_lacks)
        for changed in (bridge.listeners_changed, bridge.library_changed, bridge.feedback_changed):
            changed.connect(self.listeners.refresh)
        for changed in (bridge.taste_changed, bridge.feedback_changed, bridge.analysis_changed):
            changed.connect(self.advising.refresh)
        for changed in (bridge.taste_changed, bridge.library_changed, bridge.analysis_changed):
            changed.connect(self.mapping.refresh)
        self.indexing.working.connect(lambda on: None if on else self.mapping.refresh())
        for changed in (bridge.taste_changed, bridge.library_changed, bridge.analysis_changed, bridge.moods_changed):
            changed.connect(self.steering.refresh)
        bridge.moods_changed.connect(self.evidence.refresh)
        for changed in (bridge.moods_changed, bridge.analysis_changed):
            changed.connect(self.moods.refresh)
        for refresh in (self.moods.refresh, self.steering.refresh):  # an analysis is over
            self.indexing.working.connect(lambda on, refresh=refresh: None if on else refresh())
        bridge.listeners_changed.connect(self.advising.heard_more)
        bridge.listeners_changed.connect(self.ranking.refresh)
        self.indexing.working.connect(self._working)
        self.playback.said.connect(self.feedback.say)
        recordings, group = window.coverage.view, window.listeners.group.view
        window.map.map.menu_asked.connect(self.feedback.menu)
        for view in (recordings, group, window.map.view):
            view.play_asked.connect(lambda track, view=view: self.playback.play(track, view=view))
        recordings.menu_asked.connect(self.feedback.menu)
        self.shaping.play_asked.connect(self.playback.play_example)
        self.tasks.problem.connect(window.notice.say)
        window.taste.full_toggled.connect(lambda on: self.desk.set(full_panel=on))
        for name, do in (("back", self._back), ("settings", self._ask_settings), ("keys", self._show_keys)):
            window.actions_.on(name, do)

    def begin(self, folders: Sequence[str] = ()) -> None:
        """Show what there is, then listen to ``folders``."""
        settings = self.desk.settings
        self.window.restore(settings.window)
        self.window.taste.set_full(settings.full_panel)
        self.window.taste.set_all(settings.all_prototypes)
        self._animate(settings.animate_rows)
        theme.look(settings.theme)
        self.library.refresh()
        self.ranking.refresh()
        self.curating.refresh()
        self.searches.refresh()
        self.advising.refresh()
        self.tastes.refresh()
        self.evidence.refresh()
        self.window.for_you.view.setFocus()
        self._show_right()
        if folders:
            self.indexing.add(folders)

    # ------------------------------------------------------------------ who may write

    def _show_right(self) -> None:
        """Say across the window that another process writes to this library, and offer to look again."""
        why = self.desk.read_only
        self.window.lock(why)
        if why:
            self.window.banner.say(why, button="Try again", do=self._claim, fixed=True)
        else:
            self.window.banner.hide()

    def _claim(self) -> None:
        self.tasks.read(self.desk.claim, self._claimed, key="claim")

    def _claimed(self, ours: bool) -> None:
        self._show_right()
        if ours:
            self.library.refresh()
            self.ranking.refresh()
            self.curating.refresh()
            self.coverage.refresh()
            self.models.refresh()
            self.listeners.refresh()
            self.mapping.refresh()
            self.advising.refresh()
            self.watching.set("watch")
            self.window.notice.say("The other musicdesk is closed; this window can change things now.", brief=True)

    # ------------------------------------------------------------------ what is asked

    def _working(self, on: bool) -> None:
        self.ranking.working = on
        self.library.refresh()
        if not on:
            self.ranking.refresh()

    def _back(self) -> None:
        """Escape: out of the search, off the slider, away from a seed."""
        if not self.search.leave() and not self._leave_slider():
            self.ranking.leave_seed()

    def _get_what_lacks(self, need: str) -> None:
        """Where what a search lacks can be had."""
        if need == "learn":
            self.meaning.show()
        else:
            self.models.install_reader()

    def _leave_slider(self) -> bool:
        number = self.window.tabs.currentIndex()
        leaves = {
            TAB_MODELS: self.window.models.leave, TAB_LISTENERS: self.window.listeners.leave,
            TAB_MAP: self.window.map.leave, TAB_STEER: self._leave_steering,
        }  # fmt: skip
        if number in leaves:
            return leaves[number]()
        if self.window.view.hasFocus():
            return False
        self.window.view.setFocus()
        return True

    def _leave_steering(self) -> bool:
        """First back to the list, then away."""
        if self.window.steer.state is None and not self.window.steer.view.hasFocus():
            self.window.steer.view.setFocus()
            return True
        return self.steering.leave()

    def _ask_settings(self) -> None:
        dialog = SettingsDialog(self.desk.settings, self.window)
        dialog.changed.connect(self._set)
        dialog.models_asked.connect(lambda: self.window.show_tab(TAB_MODELS))
        self.tasks.read(self.desk.modelling.models, dialog.set_models, key="models")
        self.tasks.read(self.desk.modelling.devices, dialog.set_devices, failed=lambda _: None, key="devices")
        for key in ("models", "devices"):
            dialog.finished.connect(lambda _, key=key: self.tasks.forget(key))
        dialog.open()

    def _set(self, name: str, value: object) -> None:
        self.desk.set(**{name: value})
        if name == "theme":
            theme.look(str(value))
        if name == "animate_rows":
            self._animate(bool(value))
        if name == "hover_preview":
            self.window.map.hover.setChecked(bool(value))
        if name == "encoder":
            self.models.refresh()
            self.mapping.refresh()
            self.steering.refresh()
            self.moods.refresh()
        self.watching.set(name)

    def _animate(self, on: bool) -> None:
        for view in self.window.lists:
            view.travel.allowed = on

    def _show_keys(self) -> None:
        sheet = ShortcutSheet(self.window)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.open()

    def close(self) -> None:
        """End what runs, remember the window, close the desk; twice does nothing."""
        if self._closed:
            return
        self._closed = True
        self.window.taste.settle()
        self.hover.close()
        self.playback.close()
        self.bridge.close()
        self.tasks.close()
        self.watching.close()
        self.desk.set(window=self.window.remembered())
        self.desk.close()
