"""Words and preference are learned by the desk: whole or not at all, gone on with, put to use, taken back."""

import json
import shutil
from dataclasses import replace

import made_up_meaning as made
import numpy as np
import pytest
import torch
from three_kinds import open_desk

from musicdesk.desk import meaning as room
from musicdesk.desk import reader
from musicdesk.desk.meaning import LearnWishes
from musicdesk.encoders import htcl, registry
from musicdesk.errors import BadRequest, DataFolderError, ModelUnavailable, NotFound, NothingYet
from musicdesk.jobs import Cancelled, Job
from musicdesk.records import FoundFile, Query, ScannedFile
from musicdesk.records.meaning import Choice
from musicdesk.store.lock import Writer

torch.set_num_threads(1)
BASE, NAME = "handcrafted", "htcl-handcrafted"
QUICK = LearnWishes(epochs=3)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    place = tmp_path_factory.mktemp("meant")
    made.write_library(place / "data")
    return place


@pytest.fixture
def meant(library, tmp_path):
    shutil.copytree(library / "data", tmp_path / "data")
    with open_desk(tmp_path / "data") as desk:
        made.read_with_a_tiny_bert(desk, tmp_path / "bert")
        yield desk


def kept(desk, name=NAME):
    return desk.folders.models / name


def weights_of(desk, name=NAME):
    return (kept(desk, name) / "weights.safetensors").read_bytes()


def rows_of(desk, name=NAME):
    return desk._stores.vectors.load(desk.modelling.spec(name).key)


def stopping_at(epoch):
    """A job, and what it is told, that is cancelled after an epoch."""
    job, told = Job(), []

    def each(stage, losses):
        told.append((stage, losses))
        if len(losses) == epoch:
            job.cancel()

    return job, each, told


def texts_kept(desk):
    """How many texts' vectors the data folder holds."""
    return desk._stores.tracks._db.sql.execute("SELECT count(*) FROM sentences").fetchone()[0]


def call_all_anew(desk):
    """Other titles and albums for every track."""
    desk._stores.tracks.save(
        [
            ScannedFile(
                FoundFile(track.path, 1, 2), track.audio_hash,
                replace(track.tags, title=f"{track.tags.title} anew", album=f"{track.tags.album} II"), 99.0, "flac",
            ) for track in desk.indexing.tracks()
        ], now=2.0,
    )  # fmt: skip
    desk.events.library_changed.emit(None)


def choose_a_lot(desk):
    """Folk after folk."""
    for number in range(0, 56, 2):
        desk.meaning.chose(made.sound(number), [made.sound(number + 2), made.sound(number + 4)], "played")


# --------------------------------------------------------------------------------------------------- learned and used


def test_it_learns_and_the_whole_library_has_its_vectors(meant):
    told = []
    assert (meant.meaning.status().encoder, meant.meaning.status().tracks) == ("", 60)
    report = meant.meaning.learn(Job(), wishes=QUICK, each=lambda stage, losses: told.append((stage, len(losses))))
    assert (report.encoder, report.base, report.tracks) == (NAME, BASE, 60)
    assert told == [("meaning", 1), ("meaning", 2), ("meaning", 3)]
    rows = rows_of(meant)
    assert len(rows) == 60
    assert rows.matrix.shape == (60, 100)
    np.testing.assert_allclose(np.linalg.norm(rows.matrix, axis=1), 1, atol=1e-2)
    assert rows.vocabulary == meant.modelling.spec(BASE).vocabulary
    assert meant.modelling.encoder() == BASE, "it is not used before it is asked to be"
    status = meant.meaning.status()
    assert (status.encoder, status.report, status.stale, status.problem) == (NAME, report, False, "")
    assert "# htcl-handcrafted" in (kept(meant) / "README.md").read_text()
    assert not list((meant.folders.data / "meaning").glob("*.learning")), "nothing is left of the way there"


def test_it_serves_as_an_encoder_and_goes_back(meant):
    meant.meaning.learn(Job(), wishes=replace(QUICK, use=True))
    assert meant.meaning.in_use == meant.modelling.encoder() == NAME
    meant.listening.like([meant.indexing.find("folk 2")])
    assert len(meant.recommending.rank(Query(limit=3)).hashes) == 3
    assert meant.recommending.taste().prototypes
    assert meant.moods.current().shares.shape == (60, 4)
    assert meant.meaning.use_base() == BASE
    assert meant.meaning.in_use == ""
    assert meant.meaning.use() == NAME
    assert meant.meaning.use("handcrafted") == NAME, "without htcl- it is the same name"


def test_moods_are_told_by_the_base_whichever_listens(meant):
    meant.meaning.learn(Job(), wishes=QUICK)
    before = meant.moods.current()
    meant.meaning.use()
    after = meant.moods.current()
    assert after.hashes == before.hashes
    np.testing.assert_array_equal(after.shares, before.shares)
    assert after.witnesses == before.witnesses


def test_on_what_was_learned_it_learns_on_its_base_again(meant):
    meant.meaning.learn(Job(), wishes=replace(QUICK, use=True))
    first = weights_of(meant)
    report = meant.meaning.learn(Job(), wishes=replace(QUICK, epochs=2))
    assert (report.encoder, report.base) == (NAME, BASE)
    assert weights_of(meant) != first
    assert len(rows_of(meant)) == 60
    assert len(meant._stores.vectors.encoders()) == 2
    assert meant.recommending.taste() is not None


def test_the_same_library_gives_the_same_weights(meant):
    meant.meaning.learn(Job(), wishes=QUICK)
    meant.meaning.learn(Job(), name="again", wishes=QUICK)
    assert weights_of(meant) == weights_of(meant, "htcl-again")


def test_new_music_is_heard_by_the_base_and_follows(desk, tmp_path):
    made.read_with_a_tiny_bert(desk, tmp_path / "bert")
    desk.meaning.learn(Job(), wishes=replace(QUICK, use=True))
    desk._stores.vectors._db.sql.execute("DELETE FROM vectors WHERE audio_hash = (SELECT max(audio_hash) FROM vectors)")
    desk._stores.vectors._db.sql.conn.commit()
    assert desk.indexing.coverage().pending == 1
    assert desk.indexing.analyze(workers=1, job=Job()).usable == 24
    assert desk.indexing.coverage(BASE).usable == 24, "or it could not be learned from"


def test_learning_on_spectrograms_makes_an_encoder_that_hears_by_itself(desk, tmp_path, monkeypatch):
    tiny = LearnWishes(source="mel", epochs=1).config
    tower = replace(tiny.tower, width=16, layers=1, inner=16, channels=16, seconds=5.0, windows=1)
    made.read_with_a_tiny_bert(desk, tmp_path / "bert")
    sentences, bert = desk._stores.sentences, desk.settings.sentences
    sentences.put(bert, {"another track": np.ones(16, np.float32)})
    with monkeypatch.context() as smaller:
        smaller.setattr(LearnWishes, "config", property(lambda self: replace(tiny, tower=tower)))
        report = desk.meaning.learn(Job(), wishes=LearnWishes(source="mel", epochs=1))
    assert (report.encoder, report.base, report.tracks) == ("htcl-mel", "mel", 24)
    assert sentences.some(bert, ["another track"]), "it is learned from a part of the library"
    assert registry.plugin("htcl-mel", desk.folders.models).base is None
    assert desk.indexing.analyze(encoder="htcl-mel", workers=1, job=Job()).usable == 24
    assert desk.meaning.use("htcl-mel") == "htcl-mel"
    assert desk.meaning.learn(Job(), wishes=QUICK).base == BASE, "never on itself"
    assert not sentences.some(bert, ["another track"])


# --------------------------------------------------------------------------------------------------- what it needs


def test_too_few_tracks_are_told(tmp_path):
    made.write_library(tmp_path / "data", count=7)
    with open_desk(tmp_path / "data") as desk:
        made.read_with_a_tiny_bert(desk, tmp_path / "bert")
        assert "there are 7" in desk.meaning.status().problem
        with pytest.raises(NothingYet, match="there are 7"):
            desk.meaning.learn(Job(), wishes=QUICK)
        assert not kept(desk).exists()


def test_an_empty_library_has_a_status(tmp_path):
    with open_desk(tmp_path / "data") as desk:
        assert desk.meaning.status().tracks == 0
        assert desk.meaning.status().problem
        assert desk.meaning.forget() is False
        with pytest.raises(NothingYet, match="musicdesk meaning learn"):
            desk.meaning.use()


def test_without_what_reads_it_says_what_to_install(meant, tmp_path):
    meant.set(sentences=str(tmp_path / "nowhere"))
    assert "There is no sentence encoder" in meant.meaning.status().problem
    with pytest.raises(ModelUnavailable, match="There is no sentence encoder"):
        meant.meaning.learn(Job(), wishes=QUICK)


@pytest.mark.parametrize("name", ["Ä", "../evil", "htcl-", "a/b", "x" * 50, "htcl-A"])
def test_names_that_cannot_be(meant, name):
    with pytest.raises(BadRequest, match="no name"):
        meant.meaning.learn(Job(), name=name, wishes=QUICK)
    with pytest.raises(BadRequest):
        LearnWishes(source="wishes")


def test_a_name_that_is_none_is_not_used_nor_forgotten(meant):
    meant.meaning.learn(Job(), wishes=QUICK)
    for asked in (meant.meaning.use, meant.meaning.forget):
        with pytest.raises(NotFound, match="There is: htcl-handcrafted"):
            asked("other")


def test_only_one_learning_at_a_time(meant):
    def each(_stage, _losses):
        with pytest.raises(BadRequest, match="learning already"):
            meant.meaning.learn(Job(), wishes=QUICK)

    meant.meaning.learn(Job(), wishes=QUICK, each=each)


# --------------------------------------------------------------------------------------------------- interrupted


def test_stopped_it_leaves_nothing_half_and_goes_on(meant, monkeypatch):
    from musicdesk.learning import Checkpoint

    monkeypatch.setattr(Checkpoint, "every_s", 0.0)
    monkeypatch.setattr(Checkpoint.__init__, "__defaults__", ((), 0.0))
    job, each, told = stopping_at(2)
    with pytest.raises(Cancelled):
        meant.meaning.learn(job, wishes=QUICK, each=each)
    assert not kept(meant).exists()
    assert meant.meaning.status().encoder == ""
    again = []
    meant.meaning.learn(Job(), wishes=QUICK, each=lambda stage, losses: again.append(losses))
    assert again[0] == told[-1][1], "it is told at once where it goes on"
    assert [len(losses) for losses in again] == [2, 3]
    resumed = weights_of(meant)
    meant.meaning.learn(Job(), name="whole", wishes=QUICK)
    assert weights_of(meant, "htcl-whole") == resumed, "as if it had never been stopped"


def test_stopped_while_rows_are_made_the_last_one_stays(meant, monkeypatch):
    meant.meaning.learn(Job(), wishes=replace(QUICK, use=True))
    first = weights_of(meant)

    def refused(*_args, **_kwargs):
        raise Cancelled

    monkeypatch.setattr(room, "derive", refused)
    with pytest.raises(Cancelled):
        meant.meaning.learn(Job(), wishes=replace(QUICK, epochs=2))
    assert weights_of(meant) == first
    assert len(rows_of(meant)) == 60
    assert meant.meaning.status().encoder == NAME


def test_a_full_disk_is_told_and_the_last_one_stays(meant, monkeypatch):
    meant.meaning.learn(Job(), wishes=QUICK)
    first = weights_of(meant)
    from musicdesk.encoders import htcl_kept

    def full(_path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(htcl_kept, "whole_folder", full)
    with pytest.raises(DataFolderError, match="No space left"):
        meant.meaning.learn(Job(), wishes=replace(QUICK, epochs=2))
    assert weights_of(meant) == first


def test_a_folder_that_is_broken_is_none(meant):
    meant.meaning.learn(Job(), wishes=replace(QUICK, use=True))
    (kept(meant) / "config.json").write_text("{")
    assert meant.meaning.status().encoder == ""
    assert meant.modelling.encoder() != NAME
    meant.meaning.learn(Job(), wishes=QUICK)
    assert meant.meaning.status().encoder == NAME


def test_another_version_of_the_base_is_told(meant):
    meant.meaning.learn(Job(), wishes=QUICK)
    config = kept(meant) / "config.json"
    told = json.loads(config.read_text())
    told["base"]["version"] = "0"
    config.write_text(json.dumps(told))
    status = meant.meaning.status()
    assert status.stale
    assert "learned on handcrafted 0" in status.note
    assert "Learn again" in status.note
    with pytest.raises(ModelUnavailable, match="Learn again"):
        meant.meaning.use()
    meant.meaning.learn(Job(), wishes=QUICK)
    assert not meant.meaning.status().stale


def test_if_another_encoder_is_chosen_meanwhile_it_is_of_the_first(meant):
    def each(_stage, losses):
        if len(losses) == 1:
            meant.set(encoder="cnn")

    report = meant.meaning.learn(Job(), wishes=QUICK, each=each)
    assert (report.base, meant.settings.encoder) == (BASE, "cnn")
    assert htcl.read_config(kept(meant)).base == meant.modelling.spec(BASE).key


def test_one_that_only_reads_learns_nothing_and_remembers_nothing(library, tmp_path):
    shutil.copytree(library / "data", tmp_path / "data")
    other = Writer(tmp_path / "data")
    with open_desk(tmp_path / "data") as desk:
        made.read_with_a_tiny_bert(desk, tmp_path / "bert")
        desk._writer.claim = lambda: "Another musicdesk writes here."
        with pytest.raises(DataFolderError, match="Another musicdesk"):
            desk.meaning.learn(Job(), wishes=QUICK)
        desk.meaning.chose(made.sound(1), [made.sound(2)], "played")
        assert desk.meaning.choices() == {"played": 0, "liked": 0, "playlist": 0}
        assert desk.meaning.status().tracks == 60
    other.release()


# --------------------------------------------------------------------------------------------------- choices


def test_choices_are_counted_once_and_forgotten(meant):
    one, two, three = made.sound(1), made.sound(2), made.sound(3)
    meant.meaning.chose(one, [two, two, three, one, ""], "played")
    meant.meaning.chose(one, [two], "played")
    meant.meaning.chose(one, [two], "liked")
    meant.meaning.chose("", [two], "liked")
    assert meant.meaning.choices() == {"played": 2, "liked": 1, "playlist": 0}
    assert [(c.trigger, c.accepted, c.how) for c in meant._stores.choices.all()] == [
        (one, two, "played"), (one, three, "played"), (one, two, "liked"),
    ]  # fmt: skip
    assert meant.meaning.status().pairs == 2
    with pytest.raises(BadRequest, match="taken as played"):
        meant.meaning.chose(one, [two], "stolen")
    assert meant.meaning.forget_choices() == 3
    assert meant.meaning.status().pairs == 0


def test_half_an_hour_later_it_is_another_choice(library, tmp_path):
    shutil.copytree(library / "data", tmp_path / "data")
    clock = [1_800_000_000.0]
    with open_desk(tmp_path / "data", now=lambda: clock[0]) as desk:
        for later in (0, 60, 31 * 60):
            clock[0] = 1_800_000_000.0 + later
            desk.meaning.chose(made.sound(1), [made.sound(2)], "played")
        assert desk.meaning.choices()["played"] == 2


def test_likes_of_one_session_playlists_and_plays_become_pairs(meant):
    tracks = [meant.indexing.find(f"folk {number}") for number in (0, 12, 24)]
    meant.listening.like(tracks)
    base = meant.meaning._base()
    library = meant.meaning._gathering.library(base)
    assert dict(meant.meaning._gathering.pairs(library).counts)["session"] == 3
    meant.listening.like(tracks[:1], on=False)
    assert dict(meant.meaning._gathering.pairs(library).counts)["session"] == 1, "what is liked no more says nothing"
    meant.curating.save("mine", [meant.indexing.find(f"techno {number}") for number in (1, 13)])
    for track in tracks:
        meant.listening.played(track, 60.0)
    counts = dict(meant.meaning._gathering.pairs(library).counts)
    assert (counts["playlist"], counts["log"], counts["chosen"]) == (1, 3, 0)


def test_both_stages_are_learned_where_there_are_choices(meant):
    choose_a_lot(meant)
    told = []
    report = meant.meaning.learn(Job(), wishes=QUICK, each=lambda stage, losses: told.append(stage))
    assert [stage.name for stage in report.stages] == ["meaning", "preference"]
    assert told == ["meaning"] * 3 + ["preference"] * 3
    assert report.stages[1].pairs > 20
    alone = meant.meaning.learn(Job(), name="words", wishes=replace(QUICK, preference=False))
    assert [stage.name for stage in alone.stages] == ["meaning"]


def test_a_second_stage_that_costs_meaning_is_undone_and_told(meant, monkeypatch):
    from musicdesk.semantic import guard

    choose_a_lot(meant)
    monkeypatch.setattr(guard, "fell", lambda _probes: True)
    report = meant.meaning.learn(Job(), wishes=QUICK)
    assert "undone again" in report.stages[1].rolled_back
    alone = meant.meaning.learn(Job(), name="words", wishes=replace(QUICK, preference=False))
    assert weights_of(meant) == weights_of(meant, alone.encoder)


def test_it_grows_stale_when_much_came(meant):
    meant.meaning.learn(Job(), wishes=QUICK)
    rng = np.random.default_rng(8)
    made.add(meant, range(60, 65), kinds=rng.standard_normal((2, 108)), rng=rng)
    assert not meant.meaning.status().stale
    made.add(meant, range(65, 80), kinds=rng.standard_normal((2, 108)), rng=rng)
    assert meant.meaning.status().stale
    meant.meaning.learn(Job(), wishes=QUICK)
    assert not meant.meaning.status().stale
    choose_a_lot(meant)
    assert meant.meaning.status().stale, "now there is preference to learn"


def test_forgotten_its_base_listens(meant):
    meant.meaning.learn(Job(), wishes=replace(QUICK, use=True))
    assert meant.meaning.forget()
    assert meant.modelling.encoder() == BASE
    assert not kept(meant).exists()
    assert not meant.meaning.forget()


def test_texts_are_read_once(meant, monkeypatch):
    meant.meaning.learn(Job(), wishes=QUICK)
    monkeypatch.setattr(reader, "_legible", lambda *_: pytest.fail("read again"))
    meant.meaning.learn(Job(), name="again", wishes=QUICK)


def test_what_no_track_is_called_any_more_is_forgotten_when_it_learns_again(meant, monkeypatch):
    meant.searching.warm()
    meant.meaning.learn(Job(), wishes=QUICK)
    first = texts_kept(meant)
    call_all_anew(meant)
    meant.meaning.learn(Job(), wishes=QUICK)
    assert texts_kept(meant) == pytest.approx(first, rel=0.05)
    monkeypatch.setattr(reader, "_legible", lambda *_: pytest.fail("read again"))
    meant.meaning.learn(Job(), name="again", wishes=QUICK)
    with open_desk(meant.folders.data) as another:
        another.set(sentences=meant.settings.sentences)
        assert another.searching._pictures.current().reader == another.settings.sentences


def test_a_choice_of_sounds_that_are_gone_says_nothing(meant):
    meant._stores.choices.add([Choice("1:gone", made.sound(1), "played", 1.0)])
    assert meant.meaning.status().pairs == 0
