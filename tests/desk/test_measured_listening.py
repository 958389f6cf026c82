import numpy as np
import pytest

from musicdesk.cli.main import run
from musicdesk.desk.listeners import ListenerLog
from musicdesk.desk.measured_listening import from_desk, from_files
from musicdesk.errors import NotFound
from musicdesk.records import EncoderKey, Tags, Track, Vectors


def vectors(*hashes):
    n = len(hashes)
    rows = np.arange(2 * n, dtype=np.float32).reshape(n, 2)
    return Vectors(EncoderKey("e", "1", "f"), hashes, rows, np.zeros((n, 0), np.float32), (), np.zeros(n, np.float32))


def heard(*rows):
    names, users, hashes, degrees, times = zip(*rows, strict=True)
    people = tuple(dict.fromkeys(names))
    return ListenerLog(
        people, np.array([people.index(name) for name in names]), hashes, np.array(degrees, np.float32),
        np.array(times, np.float64), np.array(users, np.float32),
    )  # fmt: skip


def track(number, artist):
    return Track(number, f"/{number}.ogg", f"h{number}", tags=Tags(artists=(artist,) if artist else ()))


def test_the_listeners_of_a_desk_over_the_sounds_that_have_vectors():
    log = heard(("", 3, "h2", 0.5, 7), ("ann", 1, "h1", 1, 9), ("ann", 1, "gone", 1, 9), ("ann", 0, "h3", -1, np.nan))
    tracks = {"h1": track(1, "Nina"), "h2": track(2, "NINA"), "h3": track(3, "")}
    data = from_desk("mine", log, vectors("h1", "h2", "h3", "h4"), tracks)
    assert (data.encoder, data.log.n_users, data.log.n_items, len(data.log)) == ("e", 2, 4, 3)
    assert data.log.history(0).items.tolist() == [1]
    assert sorted(data.log.history(1).items.tolist()) == [0, 2]
    one, two, three, four = data.groups.tolist()
    assert one == two
    assert len({one, three, four}) == 3


def test_a_place_where_nothing_is_is_told(tmp_path):
    with pytest.raises(NotFound, match="no table of listens"):
        from_files(tmp_path, vectors=None, encoder=None)


def test_a_desk_without_listening_says_so(tmp_path, capsys):
    assert run(["--data", str(tmp_path / "desk"), "evaluate", "recommenders", "--seeds", "1"]) == 1
    assert "too little listening" in capsys.readouterr().err
