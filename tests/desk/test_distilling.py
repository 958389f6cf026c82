"""Which music a student is taught and tested on: no artist and no album on both sides."""

from pathlib import Path

import pytest
import sounds
from mutagen.id3 import TPE1
from mutagen.wave import WAVE

from musicdesk.desk.distilling import SHORTEST_S, Distilling, Wishes, dealt, sources
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.jobs import Job


def track(path: Path, artist: str = "", *, length_s: float = SHORTEST_S + 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    sounds.write(path, sounds.hush(length_s=length_s, rate_hz=8000), 8000)
    if artist:
        file = WAVE(path)
        file.add_tags()
        file.tags.add(TPE1(encoding=3, text=artist))
        file.save()
    return path


def groups(found: list) -> dict[str, str]:
    return {Path(source.path).name: source.group for source in found}


def test_folders_that_share_an_artist_are_one_group(tmp_path: Path) -> None:
    track(tmp_path / "a" / "1.wav", "Ann")
    track(tmp_path / "a" / "2.wav", "Ben")
    track(tmp_path / "b" / "3.wav", "ben ")
    track(tmp_path / "b" / "4.wav", "Cy")
    track(tmp_path / "c" / "deep" / "5.wav", "Cy")
    track(tmp_path / "d" / "6.wav")
    track(tmp_path / "e" / "7.wav")
    found = groups(sources([tmp_path]))
    assert len({found[f"{n}.wav"] for n in (1, 2, 3, 4, 5)}) == 1
    assert len({found["1.wav"], found["6.wav"], found["7.wav"]}) == 3


def test_a_table_of_credits_goes_before_tags_and_links_other_folders(tmp_path: Path) -> None:
    track(tmp_path / "one" / "a" / "1.wav", "Ann")
    track(tmp_path / "two" / "b" / "2.wav", "Someone")
    table = tmp_path / "credits.tsv"
    table.write_text("package\tname\tartist\nb\t2.wav\tAnn\n")
    both = [tmp_path / "one", tmp_path / "two"]
    assert len(set(groups(sources(both)).values())) == 2
    assert len(set(groups(sources(both, table)).values())) == 1


def test_jingles_and_empty_folders_are_no_music(tmp_path: Path) -> None:
    track(tmp_path / "a" / "jingle.wav", length_s=3)
    with pytest.raises(NothingYet, match="--data"):
        sources([tmp_path])


def test_groups_are_dealt_whole_and_evenly() -> None:
    sizes = {"a": 30, "b": 14, "c": 13, "d": 10, "e": 9, "f": 8, "g": 1}
    number_of = dealt(sizes, 3)
    filled = [sum(size for group, size in sizes.items() if number_of[group] == fold) for fold in range(3)]
    assert sum(filled) == 85
    assert max(filled) - min(filled) <= 8
    assert dealt(dict(reversed(sizes.items())), 3) == number_of


def test_one_fold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="at least 2"):
        Distilling(tmp_path, tmp_path, Wishes(folds=1), job=Job()).run([tmp_path])
