"""Training: it learns, goes on where it was stopped to the same weights, and alters images as it says."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sounds
import torch
from encoders.tiny_cnn import CONFIG, IMAGE, lesson

from musicdesk.encoders.convnet.augment import augment, gain
from musicdesk.encoders.convnet.config import Augmentation, CnnConfig, ImageSpec
from musicdesk.encoders.convnet.images import images
from musicdesk.encoders.convnet.lesson import Lesson, Teacher, balanced
from musicdesk.encoders.convnet.net import CnnNet
from musicdesk.encoders.convnet.training import CHECKPOINT, Course, softmax, train
from musicdesk.errors import BadRequest
from musicdesk.jobs import Cancelled, Job
from musicdesk.records import Epoch


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def task(tmp_path_factory) -> Lesson:
    return lesson(tmp_path_factory.mktemp("lesson"))


def same(left: CnnNet, right: CnnNet) -> bool:
    pairs = zip(left.state_dict().values(), right.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("optimiser", ["adam", "rmsprop"])
@pytest.mark.parametrize("activation", ["elu", "relu"])
def test_it_learns_what_can_be_seen(task, optimiser, activation):
    config = replace(CONFIG, optimiser=optimiser, activation=activation, epochs=12, augment=Augmentation())
    network, epochs = train(config, task, job=Job())
    likely = softmax(network, task.pictures, task.validation, segments=3)
    assert (likely.argmax(axis=1) == task.codes[task.validation]).all()
    np.testing.assert_allclose(likely.sum(axis=1), 1, atol=1e-5)
    assert min(epoch.loss for epoch in epochs) < 0.5 < epochs[0].train_loss


def test_it_learns_nothing_from_labels_that_mean_nothing(tmp_path):
    made = lesson(tmp_path, tracks=60)
    dealt = replace(made, codes=np.random.default_rng(1).permutation(made.codes))
    network, _ = train(replace(CONFIG, epochs=6), dealt, job=Job())
    right = softmax(network, made.pictures, made.validation, segments=2).argmax(axis=1) == dealt.codes[made.validation]
    assert right.mean() < 0.8


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(task):
    first, second = (train(CONFIG, task, job=Job())[0] for _ in range(2))
    other, _ = train(replace(CONFIG, seed=1), task, job=Job())
    assert same(first, second)
    assert not same(first, other)


def test_training_leaves_the_programs_own_luck_alone(task):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    train(replace(CONFIG, epochs=1), task, job=Job())
    torch.testing.assert_close(torch.rand(3), expected)


@pytest.mark.parametrize("optimiser", ["adam", "rmsprop"])
def test_a_training_that_was_stopped_goes_on_to_the_same_weights(task, tmp_path, optimiser):
    config = replace(CONFIG, optimiser=optimiser, batch_norm=True)
    whole, epochs = train(config, task, job=Job())
    job, seen = Job(), []

    def stop(epoch: Epoch) -> None:
        seen.append(epoch.number)
        if epoch.number == 2:
            job.cancel()

    with pytest.raises(Cancelled):
        train(config, task, job=job, each=stop, folder=tmp_path)
    resumed, again = train(config, task, job=Job(), each=lambda e: seen.append(e.number), folder=tmp_path)
    assert seen == [1, 2, 1, 2, 3, 4]
    assert same(whole, resumed)
    assert [replace(e, seconds=0) for e in again] == [replace(e, seconds=0) for e in epochs]


def test_it_stops_between_batches_when_it_is_cancelled(task, tmp_path):
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        train(CONFIG, task, job=job, folder=tmp_path)


def test_a_checkpoint_of_another_lesson_or_config_or_a_damaged_one_is_not_gone_on_from(task, tmp_path):
    course = Course(CONFIG, task)
    course.next_epoch()
    course.save(tmp_path / CHECKPOINT)
    assert Course(CONFIG, task).resume(tmp_path / CHECKPOINT)
    assert not Course(replace(CONFIG, epochs=9), task).resume(tmp_path / CHECKPOINT)
    assert not Course(CONFIG, replace(task, codes=1 - task.codes)).resume(tmp_path / CHECKPOINT)
    data = (tmp_path / CHECKPOINT).read_bytes()
    (tmp_path / CHECKPOINT).write_bytes(data[: len(data) // 2])
    assert not Course(CONFIG, task).resume(tmp_path / CHECKPOINT)
    assert not Course(CONFIG, task).resume(tmp_path / "none")


def test_the_weights_of_the_best_epoch_are_kept(task):
    course = Course(replace(CONFIG, epochs=6, learning_rate=0.02), task)
    kept: dict[int, dict[str, torch.Tensor]] = {}
    while not course.finished:
        epoch = course.next_epoch()
        kept[epoch.number] = {name: t.clone() for name, t in course._network.state_dict().items()}
    best = min(course.epochs, key=lambda e: e.loss).number
    found = course.best().state_dict()
    assert all(torch.equal(found[name], tensor) for name, tensor in kept[best].items())


def test_where_the_last_epoch_is_kept_it_never_stops_early(task):
    dealt = replace(task, codes=np.random.default_rng(0).permutation(task.codes))
    course = Course(replace(CONFIG, epochs=5, patience=1, keep="last"), dealt)
    while not course.finished:
        course.next_epoch()
    assert len(course.epochs) == 5
    assert same(course.best(), course._network)


def test_it_stops_early_when_nothing_gets_better(task):
    dealt = replace(task, codes=np.random.default_rng(0).permutation(task.codes))
    _, epochs = train(replace(CONFIG, epochs=100, patience=2), dealt, job=Job())
    losses = [epoch.loss for epoch in epochs]
    assert len(epochs) < 100
    assert len(epochs) - 1 - int(np.argmin(losses)) == 3


def test_the_plateau_halves_the_rate_and_the_cosine_ends_near_nothing(task):
    dealt = replace(task, codes=np.random.default_rng(0).permutation(task.codes))
    _, epochs = train(replace(CONFIG, epochs=15, patience=12), dealt, job=Job())
    rates = [epoch.learning_rate for epoch in epochs]
    assert sorted(set(rates), reverse=True)[1] == rates[0] / 2
    _, epochs = train(replace(CONFIG, epochs=5, schedule="cosine"), task, job=Job())
    assert epochs[0].learning_rate == CONFIG.learning_rate
    assert epochs[-1].learning_rate < 0.1 * CONFIG.learning_rate


def test_a_training_that_runs_away_says_what_to_do(task, tmp_path):
    pictures = task.pictures
    bad = tmp_path / "bad.npy"
    np.save(bad, np.full((IMAGE.rows, 40), np.nan, np.float16))
    wrong = replace(task, pictures=replace(pictures, files=(bad,) * len(pictures.files)))
    with pytest.raises(BadRequest, match="Lower the learning rate"):
        train(CONFIG, wrong, job=Job())


@pytest.mark.parametrize("alone", [False, True])
def test_a_teacher_helps_where_labels_say_little(tmp_path, alone):
    made = lesson(tmp_path, tracks=60)
    numbers = np.where(made.codes[:, None, None] == 1, 1.0, -1.0).repeat(4, axis=1).astype(np.float32)
    taught = replace(made, teacher=Teacher(numbers, np.array([[0, 5, 10, 20]] * 60)))
    config = replace(CONFIG, teacher=1.0, taught_alone=alone, epochs=10, dropout=0.0)
    network, epochs = train(config, taught, job=Job())
    likely = softmax(network, made.pictures, made.validation, segments=3)
    assert (likely.argmax(axis=1) == made.codes[made.validation]).mean() > 0.9
    assert epochs[0].train_loss > epochs[-1].train_loss


def test_an_epoch_draws_as_many_of_every_class():
    codes = np.array([0] * 90 + [1] * 9 + [2])
    rows = balanced(codes, 3, rng=np.random.default_rng(0))
    assert np.bincount(codes[rows]).tolist() == [100, 100, 100]
    assert len(set(rows[codes[rows] == 0])) == 90


# ------------------------------------------------------------------------------------------------------ augmentation


def test_a_gain_makes_the_image_of_a_louder_sound():
    spec, sound = ImageSpec(), sounds.chord(220, 277, 330, length_s=3, rate_hz=22_050, level=0.1)
    quiet, loud = (torch.from_numpy(images([sound * factor], spec)) for factor in (1.0, 10 ** (6 / 20)))
    torch.testing.assert_close(gain(quiet, np.array([6.0]), bands=spec.bands), loud, atol=2e-3, rtol=0)


def altered(how: Augmentation, count: int = 40) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, float]:
    given = torch.from_numpy(np.random.default_rng(0).random((count, 1, 16, 16)).astype(np.float32))
    return given, *augment(given, spec=IMAGE, how=how, rng=np.random.default_rng(1))


def test_nothing_is_altered_where_nothing_is_asked():
    given, images, other, share = altered(Augmentation())
    assert torch.equal(given, images)
    assert other.tolist() == list(range(40))
    assert share == 1


def test_stripes_are_no_wider_than_asked_and_the_rest_is_left():
    given, images, _, _ = altered(Augmentation(mask_bands=4))
    rows = (given != images).all(dim=3)[:, 0].sum(dim=1)
    assert 0 < rows.float().mean() <= 8
    assert rows.max() <= 8
    assert torch.equal((given != images).any(dim=3)[:, 0].sum(dim=1), rows)


def test_stripes_in_time_keep_every_column_whole():
    given, images, _, _ = altered(Augmentation(mask_frames=4))
    columns = (given != images)[:, 0]
    assert torch.equal(columns.any(dim=1), columns.all(dim=1))
    assert columns.any()


def test_mixtures_are_of_two_images_of_which_the_first_has_the_larger_share():
    given, images, other, share = altered(Augmentation(mixup=0.5))
    assert 0.5 <= share < 1
    torch.testing.assert_close(images, share * given + (1 - share) * given[other])


def test_without_shift_segments_begin_on_the_grid(task):
    course = Course(replace(CONFIG, augment=Augmentation(shift=False)), task)
    assert {course._somewhere(0) for _ in range(50)} <= {0, 16}
    course = Course(CONFIG, task)
    assert len({course._somewhere(0) for _ in range(50)}) > 10


def test_the_papers_network_trains_at_full_width(tmp_path):
    made = lesson(tmp_path, tracks=6)
    config = CnnConfig(image=IMAGE, epochs=1, segments=1, batch=4)
    _, epochs = train(config, made, job=Job())
    assert np.isfinite(epochs[0].train_loss)


def test_the_checkpoint_is_one_file_without_pickles(task, tmp_path: Path):
    train(replace(CONFIG, epochs=1), task, job=Job(), folder=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [CHECKPOINT]
