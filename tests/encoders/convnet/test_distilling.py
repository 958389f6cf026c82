"""Teaching a student: it learns, the same seed gives the same student, and a stopped training goes on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sounds
import torch
from encoders.golden_sounds import beats, chords
from safetensors.numpy import load_file

from musicdesk.encoders import musicnn
from musicdesk.encoders.base import Encoded
from musicdesk.encoders.cnn import DIM, FRAMES, WEIGHTS, Cnn, front_end
from musicdesk.encoders.convnet import teacher as cnn_teacher
from musicdesk.encoders.convnet.distilling import Recipe, Report, answers, axes_of, keep, teach
from musicdesk.encoders.convnet.layers import StudentNet
from musicdesk.encoders.convnet.net import CnnNet
from musicdesk.encoders.convnet.student import CONFIG, as_images, evening_rotation, folded, parts, turn_embedding
from musicdesk.encoders.convnet.teacher import Lesson, Source, joined, listen
from musicdesk.encoders.pooling import Standardiser
from musicdesk.jobs import Cancelled, Job

N_TAGS = len(musicnn.VOCABULARY)
RECIPE = Recipe(replace(CONFIG, filters=(4, 4, 8, 8), dense=32, epochs=3, batch=16))


class Listening:
    """A teacher that tells how loud the bands of a window are; counts what it was asked."""

    spec = musicnn.SPEC
    device = "cpu"

    def __init__(self) -> None:
        self.asked = 0

    def encode(self, features: np.ndarray) -> Encoded:
        self.asked += len(features)
        bands = features.mean(axis=1)
        vectors = np.concatenate([bands, bands**2, bands**3, bands**4, bands[:, :16]], axis=1)
        return Encoded(vectors.astype(np.float32), (bands[:, :N_TAGS] / 8).astype(np.float32))


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    rng = np.random.default_rng(0)
    hidden = rng.standard_normal((160, 4))
    stripes = np.repeat(np.eye(4), 24, axis=1)[:, None]  # each number moves its own quarter of the bands
    images = np.einsum("nk,kfb->nfb", hidden, stripes + rng.uniform(0, 0.1, (4, FRAMES, 96))) + 3
    vectors = hidden @ rng.standard_normal((4, 400)) + 0.05 * rng.standard_normal((160, 400))
    tags = 1 / (1 + np.exp(-hidden @ rng.standard_normal((4, N_TAGS))))
    return Lesson(images.astype(np.float16), vectors.astype(np.float32), tags.astype(np.float16))


def weights_of(network: CnnNet) -> dict[str, np.ndarray]:
    return {name: tensor.numpy() for name, tensor in network.state_dict().items()}


def test_the_student_learns_what_it_was_not_told(lesson: Lesson) -> None:
    known, asked = (
        Lesson(*(getattr(lesson, p)[rows] for p in Lesson.__slots__)) for rows in (slice(0, 128), slice(128, 160))
    )
    recipe = Recipe(replace(RECIPE.config, epochs=20, learning_rate=1e-2))
    reports = teach(recipe, known, held_out=asked, job=Job())[1]
    assert reports[0].vectors_missed > 0.7
    assert reports[-1].vectors_missed < 0.5
    assert reports[-1].tags_missed < 0.5


def test_the_same_seed_gives_the_same_student_and_another_gives_another(lesson: Lesson) -> None:
    first, again = (weights_of(teach(RECIPE, lesson, job=Job())[0]) for _ in range(2))
    other = weights_of(teach(Recipe(replace(RECIPE.config, seed=1)), lesson, job=Job())[0])
    for name, values in first.items():
        np.testing.assert_array_equal(again[name], values)
    assert any((other[name] != values).any() for name, values in first.items())


def test_a_training_that_was_stopped_goes_on_to_the_same_student(lesson: Lesson, tmp_path: Path) -> None:
    whole, job, seen = teach(RECIPE, lesson, job=Job())[0], Job(), []

    def stop_after_the_second(report: Report) -> None:
        seen.append(report.number)
        if report.number == 2:
            job.cancel()

    with pytest.raises(Cancelled):
        teach(RECIPE, lesson, folder=tmp_path, job=job, each=stop_after_the_second)
    finished, reports = teach(
        RECIPE, lesson, folder=tmp_path, job=Job(), each=lambda report: seen.append(report.number)
    )
    assert seen == [1, 2, 3]
    assert [report.number for report in reports] == [1, 2, 3]
    for name, values in weights_of(whole).items():
        np.testing.assert_array_equal(weights_of(finished)[name], values)


def test_a_checkpoint_of_other_examples_is_not_taken(lesson: Lesson, tmp_path: Path) -> None:
    teach(RECIPE, lesson, folder=tmp_path, job=Job())
    other = Lesson(lesson.images, lesson.vectors + np.float32(1), lesson.tags)
    seen: list[int] = []
    teach(RECIPE, other, folder=tmp_path, job=Job(), each=lambda report: seen.append(report.number))
    assert seen == [1, 2, 3]
    (tmp_path / "checkpoint.safetensors").write_bytes(b"half a file")
    teach(RECIPE, lesson, folder=tmp_path, job=Job(), each=lambda report: seen.append(report.number))
    assert seen == [1, 2, 3] * 2


def test_what_is_kept_listens_as_what_was_taught(lesson: Lesson, tmp_path: Path) -> None:
    student, reports = teach(Recipe(replace(CONFIG, epochs=1)), lesson, job=Job())
    keep(student, [lesson], tmp_path, recipe=RECIPE, reports=reports)
    vectors, logits = answers(student, lesson.images)
    encoded = Cnn(tmp_path).encode(lesson.images.astype(np.float32))
    np.testing.assert_allclose(encoded.vectors, vectors, atol=0.01 * np.abs(vectors).max())
    np.testing.assert_allclose(encoded.tags, 1 / (1 + np.exp(-logits)), atol=0.01)
    again = CnnNet(CONFIG, DIM + N_TAGS)
    again.load_state_dict(
        {name: torch.from_numpy(v) for name, v in load_file(tmp_path / "student.safetensors").items()}
    )
    np.testing.assert_allclose(answers(again, lesson.images)[0], vectors, atol=1e-5)
    assert (tmp_path / WEIGHTS).stat().st_size < 4_000_000


def test_folding_the_normalisations_changes_nothing() -> None:
    torch.manual_seed(0)
    images = np.random.default_rng(0).uniform(0, 4, (24, FRAMES, 96)).astype(np.float32)
    student = CnnNet(CONFIG, DIM + N_TAGS)
    student.fit_rows(as_images(images))
    with torch.no_grad():
        for parameter in student.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))  # negative factors, and biases
        for _ in range(3):
            student(as_images(images))
        student.eval()
        expected = parts(student(as_images(images)))
    found = StudentNet({name: tensor.numpy() for name, tensor in folded(student).items()})(images)
    for own, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(own, wanted.numpy(), atol=2e-5 * float(wanted.abs().max()))


def test_the_evening_rotation_turns_and_evens() -> None:
    rng = np.random.default_rng(0)
    covariance = np.cov((rng.standard_normal((500, 40)) * np.geomspace(0.01, 10, 40)).T)
    rotation = evening_rotation(covariance)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(40), atol=1e-12)
    np.testing.assert_allclose(np.diag(rotation @ covariance @ rotation.T), np.trace(covariance) / 40, rtol=1e-9)


def test_in_a_librarys_space_the_turned_embedding_keeps_the_distances_that_were_taught() -> None:
    rng = np.random.default_rng(0)
    taught = rng.standard_normal((300, DIM)) * np.geomspace(10, 0.05, DIM)
    student = CnnNet(RECIPE.config, DIM + N_TAGS)
    with torch.no_grad():
        student.classes.weight[:DIM] = torch.eye(DIM, RECIPE.config.dense)
        student.classes.bias.zero_()
    before = student.classes.weight[:DIM].detach().double().clone()
    turn_embedding(student, taught.astype(np.float32))
    rotation = evening_rotation(np.cov(taught.T))
    np.testing.assert_allclose(student.classes.weight[:DIM].detach().numpy(), rotation @ before.numpy(), atol=1e-5)
    turned = taught @ rotation.T

    def cosines(rows: np.ndarray) -> np.ndarray:
        space = Standardiser.fit(rows.astype(np.float32)).apply(rows.astype(np.float32))
        return np.asarray(space @ space.T)[np.triu_indices(len(rows), 1)]

    centred = taught - taught.mean(axis=0)
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    true = (unit @ unit.T)[np.triu_indices(len(taught), 1)]
    assert np.corrcoef(cosines(turned), true)[0, 1] > 0.999
    assert np.corrcoef(cosines(taught), true)[0, 1] < 0.6  # what would become of it if it were left as it is


def test_the_axes_hold_the_teachers_distances(lesson: Lesson) -> None:
    axes = axes_of(lesson.vectors)
    centred = (lesson.vectors - lesson.vectors.mean(axis=0)) / lesson.vectors.std(axis=0)
    assert axes.kept > 0.99
    np.testing.assert_allclose(np.linalg.norm(axes(lesson.vectors), axis=1), np.linalg.norm(centred, axis=1), rtol=0.02)


# ------------------------------------------------------------------------------------------- what it is taught


@pytest.fixture
def music(tmp_path: Path) -> list[Source]:
    made = {"a.wav": chords(), "b.wav": beats(), "c.wav": chords()[::-1].copy()}
    paths = [sounds.write(tmp_path / name, samples, 16_000) for name, samples in made.items()]
    return [Source(str(path), "x" if path.name != "b.wav" else "y") for path in paths]


def test_every_example_is_what_the_teacher_says_of_the_same_sound(music: list[Source], tmp_path: Path) -> None:
    shown: list[np.ndarray] = []

    class Watching(Listening):
        def encode(self, features: np.ndarray) -> Encoded:
            shown.append(features)
            return super().encode(features)

    lessons = listen(music, Watching(), folder=tmp_path / "heard", windows=2, altered=1.0, seed=0, job=Job())
    whole = joined(lessons)
    assert [len(lesson.images) for lesson in lessons] == [4, 4, 4]
    power = (10 ** np.concatenate(shown)[:, :184].astype(np.float64) - 1).reshape(-1, 46, 4, 96).mean(axis=2)
    np.testing.assert_allclose(whole.images[:, :46].astype(np.float64), np.log10(power + 1), atol=0.02)
    np.testing.assert_array_equal(whole.vectors, Listening().encode(np.concatenate(shown)).vectors)


def test_what_was_heard_is_not_heard_again_and_a_gap_is_filled_as_it_was(music: list[Source], tmp_path: Path) -> None:
    def again() -> tuple[Lesson, int]:
        teacher = Listening()
        lessons = listen(music, teacher, folder=tmp_path / "heard", windows=2, altered=2.0, seed=3, job=Job())
        return joined(lessons), teacher.asked

    first, asked = again()
    assert asked == len(first.images)
    assert again()[1] == 0
    sorted((tmp_path / "heard").iterdir())[1].unlink()
    sorted((tmp_path / "heard").iterdir())[1].write_bytes(b"broken off")
    filled, asked = again()
    assert 0 < asked < len(first.images)
    np.testing.assert_array_equal(filled.images, first.images)
    np.testing.assert_array_equal(filled.vectors, first.vectors)


def test_only_tracks_of_one_group_are_mixed(
    music: list[Source], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    partners: list[str] = []
    own_heard = cnn_teacher._heard
    monkeypatch.setattr(cnn_teacher, "_heard", lambda path, windows: partners.append(path) or own_heard(path, windows))
    listen(music, Listening(), folder=tmp_path / "heard", windows=2, altered=1.0, seed=0, job=Job())
    names = [Path(str(path)).name for path in partners]
    assert list(zip(names[1::2], names[0::2], strict=True)) == [
        ("a.wav", "a.wav"),
        ("b.wav", "b.wav"),
        ("c.wav", "a.wav"),
    ]


def test_a_file_that_cannot_be_read_is_passed_over(music: list[Source], tmp_path: Path) -> None:
    bad = Source(str(sounds.text_called_mp3(tmp_path / "no.mp3")), "x")
    lessons = listen([bad, *music], Listening(), folder=tmp_path / "h", windows=1, altered=1.0, seed=0, job=Job())
    assert [len(lesson.images) for lesson in lessons] == [0, 2, 2, 2]
    assert joined(lessons).images.shape == (6, FRAMES, 96)


def test_alterations_keep_length_and_level_within_reason() -> None:
    rng = np.random.default_rng(0)
    window = (0.1 * np.sin(2 * np.pi * 440 * np.arange(48_000) / 16_000) * np.sqrt(2)).astype(np.float32)
    for change in cnn_teacher._CHANGES:
        for _ in range(5):
            sound = change(window, [window[::-1].copy()], rng)
            assert sound.shape == window.shape
            assert sound.dtype == np.float32
            assert 0.02 < np.sqrt(np.mean(sound**2)) < 0.5
            assert front_end([sound]).shape == (1, FRAMES, 96)
