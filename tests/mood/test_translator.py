from dataclasses import replace
from itertools import count

import numpy as np
import pytest
import torch
from made_up_mood_space import CONTENT, EYE, MOOD, asked, found, made_up

from musicdesk.errors import BadRequest, ModelUnavailable, NothingYet
from musicdesk.jobs import Cancelled, Job
from musicdesk.mood.catalogue import Catalogue
from musicdesk.mood.fewest import enough
from musicdesk.mood.methods import make
from musicdesk.mood.training import fit
from musicdesk.mood.translation import Translation, TranslatorConfig, shapes, widths
from musicdesk.mood.translator import Pairs, Translator, joint_loss
from musicdesk.records import MOODS, UNCERTAIN, unit_rows

torch.set_num_threads(1)
PUBLISHED = replace(TranslatorConfig.published(), reach=0.1, epochs=20)
CONFIG = TranslatorConfig(epochs=10)
ASKED = np.arange(0, 480, 4)


@pytest.fixture(scope="module")
def library():
    return made_up()


@pytest.fixture(scope="module")
def learned(library):
    return fit(library[0], config=CONFIG, job=Job())


@pytest.fixture(scope="module")
def quiet():
    """Moods that are heard less than kinds, as they are."""
    return made_up(loudness=0.3)


@pytest.fixture(scope="module")
def whole(quiet):
    """What all three losses together do there."""
    return right(fit(quiet[0], config=PUBLISHED, job=Job()), quiet)


def right(translation, library):
    """How often the mood is the one that was asked for, and how often the kind is the seed's."""
    catalogue, kinds = library
    seeds, source, target = asked(catalogue, ASKED)
    method = make("translator", catalogue, translator=translation)
    got = found(method.scores(catalogue.space[seeds], source, target), catalogue, seeds)
    return (catalogue.labels[got] == target.argmax(axis=1)).mean(), (kinds[got] == kinds[seeds]).mean()


class TestWhatItLearns:
    def test_the_mood_is_changed_and_the_kind_stays(self, learned, library):
        mood, kind = right(learned, library)
        assert mood > 0.95
        assert kind > 0.95

    def test_the_coordinates_of_the_mood_move_and_those_of_the_kind_stay(self, learned, library):
        catalogue, _ = library
        seeds, source, target = asked(catalogue, ASKED)
        moved = learned.move(catalogue.space[seeds], target - source)
        assert (moved[:, MOOD].argmax(axis=1) == target.argmax(axis=1)).mean() > 0.95
        half = unit_rows(catalogue.space[seeds] + moved)
        for place, least in ((moved, 0.75), (half, 0.9)):  # the full relaxed loss lets go of some of the seed
            kept = (unit_rows(place[:, CONTENT]) * unit_rows(catalogue.space[seeds][:, CONTENT])).sum(axis=1)
            assert np.median(kept) > least

    def test_asked_for_its_own_mood_a_seed_stays(self, learned, library):
        space = library[0].space[ASKED]
        stayed = learned.move(space, np.zeros((len(space), 4), np.float32))
        assert np.median((stayed * space).sum(axis=1)) > 0.9

    def test_labels_without_meaning_teach_nothing(self, library):
        catalogue, _ = library
        shuffled = np.random.default_rng(1).permutation(catalogue.labels)
        told = Catalogue(catalogue.space, EYE[shuffled], shuffled, catalogue.artists)
        assert right(fit(told, config=CONFIG, job=Job()), library)[0] < 0.45


class TestTheParts:
    """The published ablation: one loss alone is unbalanced, together they do both."""

    def test_the_cosine_alone_moves_the_mood_less(self, quiet, whole):
        alone = right(fit(quiet[0], config=replace(PUBLISHED, triplet=0.0, relaxed=0.0), job=Job()), quiet)
        assert alone[0] < whole[0] - 0.05
        assert alone[1] > 0.95

    def test_the_triplet_alone_loses_the_kind(self, quiet, whole):
        alone = right(fit(quiet[0], config=replace(PUBLISHED, cosine=0.0, relaxed=0.0), job=Job()), quiet)
        assert alone[1] < whole[1] - 0.1

    def test_the_losses_are_as_published(self):
        rows = torch.nn.functional.normalize(torch.randn(6, 5, generator=torch.Generator().manual_seed(0)), dim=1)
        x, s, t = rows[:2], rows[2:4], rows[4:]
        pairs = Pairs(s, torch.zeros(2, 4), torch.stack([t[0], s[1]]), torch.tensor([1.0, 0.0]))
        cosine, stayed = (x * pairs.targets).sum(1), (x * s).sum(1)
        each = [TranslatorConfig(cosine=a, triplet=b, relaxed=c) for a, b, c in np.eye(3)]
        parts = [float(joint_loss(x, pairs, config=config)) for config in each]
        assert parts[0] == pytest.approx(float((1 - cosine).mean()), abs=1e-6)
        assert parts[1] == pytest.approx(max(0, float(0.3 + stayed[0] - cosine[0])) / 2, abs=1e-6)
        p = torch.sigmoid(3 * cosine)
        relaxed = -(0.5 * p[0].log() + 0.5 * (1 - p[0]).log() + p[1].log()) / 2
        assert parts[2] == pytest.approx(float(relaxed), abs=1e-6)
        both = TranslatorConfig(cosine=0.5, triplet=2.0, relaxed=0.25)
        wanted = 0.5 * parts[0] + 2 * parts[1] + 0.25 * parts[2]
        assert float(joint_loss(x, pairs, config=both)) == pytest.approx(wanted, abs=1e-6)


class TestTraining:
    def test_config_and_seed_decide_all(self, learned, library):
        again = fit(library[0], config=CONFIG, job=Job())
        other = fit(library[0], config=replace(CONFIG, seed=1), job=Job())
        np.testing.assert_array_equal(again.fuse, learned.fuse)
        assert np.abs(other.fuse - learned.fuse).max() > 0.01

    def test_what_is_uncertain_teaches_nothing_where_that_is_wished(self, library):
        catalogue, _ = library
        labels = catalogue.labels.copy()
        unsure = np.arange(0, 480, 3)
        labels[unsure] = UNCERTAIN
        space = catalogue.space.copy()
        space[unsure] = unit_rows(np.random.default_rng(5).normal(size=(len(unsure), 24)).astype(np.float32))
        config = replace(CONFIG, epochs=2, unsure=False)
        one = fit(replace(catalogue, labels=labels), config=config, job=Job())
        two = fit(replace(catalogue, labels=labels, space=space), config=config, job=Job())
        np.testing.assert_array_equal(one.fuse, two.fuse)

    def test_what_is_uncertain_serves_as_what_it_most_likely_is(self, library):
        catalogue, _ = library
        labels = np.where(np.arange(480) % 3 == 0, UNCERTAIN, catalogue.labels)
        config = replace(CONFIG, epochs=1)
        one = fit(replace(catalogue, labels=labels), config=config, job=Job())
        two = fit(replace(catalogue, labels=catalogue.shares.argmax(axis=1)), config=config, job=Job())
        np.testing.assert_array_equal(one.fuse, two.fuse)

    def test_it_can_be_cancelled_and_tells_how_far_it_is(self, library):
        told = []
        ticks = count()  # a clock by which every step is worth telling, however quick the machine
        job = Job(
            lambda progress: (told.append(progress), job.cancel() if progress.done == 2 else None),
            clock=lambda: float(next(ticks)),
        )
        with pytest.raises(Cancelled):
            fit(library[0], config=CONFIG, job=job)
        assert told[-1].done == 2
        assert told[-1].total == CONFIG.epochs

    def test_too_little_is_said_not_taught(self, library):
        with pytest.raises(NothingYet, match="20 tracks is known"):
            fit(library[0].part(np.arange(20)), config=CONFIG, job=Job())

    @pytest.mark.parametrize("change", [
        {"cosine": -1.0}, {"cosine": 0.0, "triplet": 0.0, "relaxed": 0.0}, {"margin": 3.0}, {"hint": 2.0},
        {"neighbours": 0}, {"reach": 0.0}, {"dropout": 1.0}, {"label_dropout": -0.1}, {"sharpness": 0.0},
    ])  # fmt: skip
    def test_what_cannot_be_configured(self, change):
        with pytest.raises(BadRequest):
            TranslatorConfig(**change)


class TestEnough:
    def test_enough_says_nothing(self, library):
        assert enough(library[0]) == ""

    def test_few_artists(self, library):
        few = replace(library[0], artists=np.arange(480) % 3)
        assert "3 artists" in enough(few)

    def test_a_rare_mood(self, library):
        labels = library[0].labels.copy()
        labels[np.flatnonzero(labels == 3)[4:]] = 0
        rare = replace(library[0], labels=labels)
        assert "4 tracks are most likely sad" in enough(rare)
        assert "4 tracks are for sure sad" in enough(rare, unsure=False)

    def test_a_mood_that_is_nowhere_sure_is_enough_where_it_is_the_likeliest(self, library):
        labels = np.where(library[0].labels == 3, UNCERTAIN, library[0].labels)
        unsure = replace(library[0], labels=labels)
        assert enough(unsure) == ""
        assert "0 tracks are for sure sad" in enough(unsure, unsure=False)
        assert fit(unsure, config=replace(CONFIG, epochs=1), job=Job()).dim == unsure.dim
        with pytest.raises(NothingYet, match="for sure sad"):
            fit(unsure, config=replace(CONFIG, epochs=1, unsure=False), job=Job())

    def test_sounds_of_which_nothing_is_known_do_not_count(self, library):
        n = len(library[0])
        even = np.full((n, len(MOODS)), 0.25, np.float32)
        unknown = replace(library[0], shares=even, labels=np.full(n, UNCERTAIN))
        assert "0 tracks is known" in enough(unknown)
        one = replace(unknown, labels=np.where(np.arange(n) == 7, 2, UNCERTAIN))
        assert one.likeliest.tolist() == one.labels.tolist()

    def test_nothing_at_all(self):
        nothing = Catalogue(np.zeros((0, 8), np.float32), np.zeros((0, 4), np.float32), *np.zeros((2, 0), np.int64))
        assert "0 tracks" in enough(nothing)


class TestServing:
    def test_numpy_says_what_torch_says(self):
        config = TranslatorConfig()
        network = Translator(40, config=config).eval()
        rng = np.random.default_rng(0)
        seeds = unit_rows(rng.normal(size=(7, 40)).astype(np.float32))
        change = rng.normal(size=(7, 4)).astype(np.float32)
        with torch.inference_mode():
            wanted = network(torch.from_numpy(seeds), torch.from_numpy(change)).numpy()
        np.testing.assert_allclose(network.translation().move(seeds, change), wanted, atol=1e-5)

    def test_the_four_places_are_the_moves_to_each_mood(self, learned, library):
        seeds, source = library[0].space[:5], library[0].shares[:5]
        places = learned.places(seeds, source)
        for mood in range(len(MOODS)):
            np.testing.assert_allclose(places[:, mood], learned.move(seeds, EYE[[mood] * 5] - source), atol=1e-6)

    def test_what_was_saved_moves_alike(self, learned, library, tmp_path):
        learned.save(tmp_path)
        loaded = Translation.load(tmp_path)
        assert loaded.config == learned.config
        np.testing.assert_array_equal(
            loaded.places(library[0].space[:9], library[0].shares[:9]),
            learned.places(library[0].space[:9], library[0].shares[:9]),
        )

    @pytest.mark.parametrize("name", ["fuse", "content_in", "label_out"])
    def test_a_broken_one_is_refused(self, learned, tmp_path, name):
        replace(learned, **{name: getattr(learned, name)[:-1]}).save(tmp_path / "short")
        replace(learned, **{name: np.full_like(getattr(learned, name), np.nan)}).save(tmp_path / "nan")
        for folder in ("short", "nan"):
            with pytest.raises(ModelUnavailable):
                Translation.load(tmp_path / folder)

    def test_rows_of_another_space_are_refused(self, learned):
        with pytest.raises(BadRequest, match="24"):
            learned.move(np.zeros((1, 25), np.float32), np.zeros((1, 4), np.float32))
        with pytest.raises(BadRequest):
            learned.move(np.zeros((2, 24), np.float32), np.zeros((1, 4), np.float32))

    def test_the_sizes_follow_the_encoder(self):
        assert widths(1728) == (1024, 512)
        assert widths(200) == (256, 128)
        assert shapes(1728)["fuse"] == (512 + 128 + 1, 1728)
