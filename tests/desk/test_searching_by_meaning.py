"""A search with a model of sentences, and with a space learned here in which sounds lie beside words."""

import shutil
from dataclasses import replace

import pytest
import torch
from encoders import tiny_bert
from made_up_searches import EACH, RESTFUL, kinds, titles, write_library
from three_kinds import open_desk

from musicdesk.desk.reader import SEARCHED, Reader
from musicdesk.desk.search_words import ENGLISH, GUESSED, told
from musicdesk.encoders import htcl
from musicdesk.encoders.handcrafted import SPEC
from musicdesk.encoders.nets.bert_sentences import BertSentences
from musicdesk.encoders.nets.htcl_config import VECTORS
from musicdesk.encoders.nets.htcl_net import HtclNet, standardise
from musicdesk.jobs import Cancelled, Job
from musicdesk.records import Origin
from musicdesk.records.searching import Understood
from musicdesk.semantic.search import SOUND, TAGS, TEXT

torch.set_num_threads(1)
CONFIG = replace(
    VECTORS, inputs=SPEC.dim, width=16, audio_head=(12,), text_inputs=tiny_bert.WIDTH, text_head=(12,)
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A data folder with a tiny model of sentences beside it."""
    place = tmp_path_factory.mktemp("meanings")
    write_library(place / "data")
    tiny_bert.publish(place / "bert")
    return place


@pytest.fixture
def desk(made, tmp_path):
    shutil.copytree(made, tmp_path / "made")
    with open_desk(tmp_path / "made" / "data") as opened:
        opened.set(sentences=str(tmp_path / "made" / "bert"))
        yield opened


def learn(desk, name="htcl-mine", *, seed=1, base=SPEC.key):
    """Keep a network on the rows of the encoder in use, and let it hear the library."""
    torch.manual_seed(seed)
    network = HtclNet(CONFIG).eval()
    standardise(network, [0.0] * SPEC.dim, [1.0] * SPEC.dim)
    htcl.write(desk.folders.models / name, network, sentences=desk.settings.sentences, base=base)
    if base == SPEC.key:
        desk.indexing.analyze(encoder=name, job=Job())


def test_the_words_of_the_library_are_read_once_and_kept(desk):
    desk.searching.warm()
    texts = [*desk.searching._pictures.current().meanings.texts]
    kept = desk._stores.sentences.some(f"{desk.settings.sentences} {SEARCHED}", texts)
    assert set(kept) == set(texts)
    again = Reader(
        store=desk._stores.sentences, models=desk.folders.models, name=lambda: desk.settings.sentences,
        open_one=lambda name, models: Unread(tiny_bert.WIDTH, name), problem_of=lambda name, models: "",
    )  # fmt: skip
    assert again.reading(texts).texts == tuple(texts)


class Unread:
    """A model that must not be asked."""

    def __init__(self, dim, name):
        self.dim, self.name = dim, name

    def encode(self, texts):
        raise AssertionError(f"{texts} were read again")


def test_a_query_is_not_written_down(desk):
    desk.searching.find("a secret wish")
    for kept_as in (desk.settings.sentences, f"{desk.settings.sentences} {SEARCHED}"):
        assert not desk._stores.sentences.some(kept_as, ["a secret wish", "secret", "wish"])


def test_a_query_goes_through_the_network_once_however_many_parts_of_a_search_ask_for_it(desk, monkeypatch):
    learn(desk)
    desk.searching.warm()
    passed, through = [], BertSentences._pass
    monkeypatch.setattr(BertSentences, "_pass", lambda net, told: passed.append(len(told)) or through(net, told))
    first = desk.searching.find("slow and quiet without fast")
    assert SOUND in first.parts
    assert passed == [1, 1], "what is meant, and what is not wanted"
    assert desk.searching.find("slow and quiet without fast", limit=2).hits == first.hits[:2]
    assert passed == [1, 1]


def test_words_that_nobody_knows_are_guessed_at_and_the_sentence_says_so(desk, monkeypatch):
    monkeypatch.setattr("musicdesk.semantic.wording.NEAR", 1.01)  # nothing lies near enough to be sure
    found = desk.searching.find("blorple")
    assert found.hits
    assert GUESSED in found.sentence
    assert GUESSED not in desk.searching.find("slow").sentence
    assert GUESSED not in desk.searching.find("stomper").sentence
    monkeypatch.setattr("musicdesk.semantic.wording.NEAR", -1.0)
    assert GUESSED not in desk.searching.find("blorple").sentence


def test_what_else_a_name_could_mean_is_not_guessed(desk, monkeypatch):
    monkeypatch.setattr("musicdesk.semantic.wording.NEAR", 1.01)
    found = desk.searching.find("stomper", limit=60)
    assert len(found.hits) == found.exact == EACH
    assert {reason.part for hit in found.hits for reason in hit.reasons} == {TEXT}
    monkeypatch.setattr("musicdesk.semantic.wording.NEAR", 0.3)
    assert len(desk.searching.find("stomper", limit=60).hits) > EACH, "where it is surely meant it is found as well"


def test_another_script_is_told_that_minilm_reads_english():
    asked = Understood(words=("悲しい", "ピアノ"))
    assert told("悲しい ピアノ", asked, found=False, reader="minilm").endswith(ENGLISH)
    assert ENGLISH in told("悲しい ピアノ", asked, found=True, guessed=True, reader="minilm")
    assert ENGLISH not in told("悲しい ピアノ", asked, found=True, reader="minilm")
    assert ENGLISH not in told("悲しい ピアノ", asked, found=False, reader="/a/multilingual/bert")
    assert ENGLISH not in told("悲しい ピアノ", asked, found=False, reader="minilm", lacks="MiniLM is not installed.")
    assert ENGLISH not in told("blorplé 🎹", Understood(words=("blorplé", "🎹")), found=False, reader="minilm")


def test_loading_tells_how_far_it_is_and_can_be_stopped(desk):
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        desk.searching.warm(job)
    told = []
    desk.searching.warm(Job(told.append))
    assert told[-1].done == told[-1].total > 50
    assert desk.searching.status().loaded


def test_what_is_learned_here_hears_the_query_and_its_part_adds_up(desk):
    assert desk.searching.find("slow").parts == (TEXT, TAGS)
    assert "musicdesk meaning learn" in desk.searching.status().sentence
    learn(desk)
    status = desk.searching.status()
    assert (status.parts, status.space, status.sentence) == ((TEXT, TAGS, SOUND), "htcl-mine", "")
    found = desk.searching.find("slow quiet", limit=EACH)
    assert found.parts == (TEXT, TAGS, SOUND)
    assert found.sentence == ""
    heard = [reason for hit in found.hits for reason in hit.reasons if reason.part == SOUND]
    assert heard
    assert all(reason.words == () for reason in heard)
    for hit in found.hits:
        assert sum(reason.amount for reason in hit.reasons) == pytest.approx(hit.score, abs=1e-4)


def test_the_latest_of_what_was_learned_is_asked(desk):
    learn(desk, "htcl-first")
    desk.searching.find("slow")
    learn(desk, "htcl-second", seed=2)
    assert desk.searching.status().space == "htcl-second"


def test_what_was_learned_on_another_version_of_the_encoder_is_left_out(desk):
    learn(desk, base=replace(SPEC.key, version="0"))
    found = desk.searching.find("slow", limit=EACH)
    assert found.parts == (TEXT, TAGS)
    assert kinds(found.hits) == {RESTFUL}


def test_what_was_learned_and_has_not_listened_yet_is_left_out(desk):
    learn(desk)
    desk._stores.vectors._db.sql.execute("DELETE FROM vectors WHERE encoder_id != 1")
    desk.searching._spaces.forget()
    assert desk.searching.find("slow").parts == (TEXT, TAGS)


def test_a_sound_that_came_since_is_found_by_the_other_parts(desk):
    learn(desk)
    desk._stores.vectors._db.sql.execute("DELETE FROM vectors WHERE encoder_id = 2 AND audio_hash = ?", [f"1:{1:032x}"])
    desk.events.analysis_changed.emit(None)
    found = desk.searching.find("slow", limit=60)
    (hit,) = [hit for hit in found.hits if hit.track.title == "Nocturne 1"]
    assert SOUND not in {reason.part for reason in hit.reasons}


def test_a_phrase_becomes_a_prototype_of_what_the_search_finds_where_something_was_learned(desk):
    learn(desk)
    before = {p.id for p in desk.recommending.taste().prototypes}
    taste = desk.shaping.add(text="for a slow and quiet evening by the sea")
    (new,) = [p for p in taste.prototypes if p.id not in before]
    best = desk.searching.find("for a slow and quiet evening by the sea", limit=20).hits
    assert new.origin is Origin.TEXT
    shown = {track.title for track in desk.recommending.by_hash(new.exemplars).values()}
    assert shown <= {hit.track.title for hit in best}


def test_a_damaged_model_of_sentences_is_told_and_nothing_else_suffers(desk):
    weights = desk.folders.data.parent / "bert" / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(b"torn")
    found = desk.searching.find("slow", limit=EACH)
    assert kinds(found.hits) == {RESTFUL}
    assert found.sentence
    assert desk.searching.find("slow").sentence == found.sentence
    weights.write_bytes(whole)
    assert desk.searching.find("slow").sentence == "", "put right, it is opened"


def test_a_model_that_is_chosen_later_is_used_at_once(desk):
    bert = desk.settings.sentences
    desk.set(sentences="/nowhere")
    assert "/nowhere" in desk.searching.find("slow").sentence
    desk.set(sentences=bert)
    assert "/nowhere" not in desk.searching.find("slow").sentence
    assert desk.searching.status().reader == bert
    assert titles(desk.searching.find("nocturne 7"))[0] == "Nocturne 7"
