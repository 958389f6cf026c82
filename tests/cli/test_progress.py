"""The line that tells how far long work is."""

from musicdesk.cli.progress import line
from musicdesk.jobs import Job, Progress


def test_items_are_counted_one_by_one() -> None:
    said = line(Progress("Listening", 120, 480, 60.0))
    assert said.startswith("Listening ▓")
    assert said.endswith("120/480  25 %  120 a minute  3:00 left")


def test_bytes_are_told_as_megabytes() -> None:
    said = line(Progress("Downloading x", 300_000_000, 1_260_000_000, 60.0, unit="bytes"))
    assert said.endswith("300.0/1260.0 MB  24 %  5.0 MB/s  3:12 left")


def test_without_a_known_end_what_is_done_is_told() -> None:
    assert line(Progress("Downloading x", 2_500_000, None, 5.0, unit="bytes")) == "Downloading x … 2.5 MB"
    assert line(Progress("Scanning", 7, None, 5.0)) == "Scanning … 7"
    assert line(Progress("Converting", 0, None, 5.0)) == "Converting …"


def test_a_step_says_what_it_counts() -> None:
    told: list[Progress] = []
    job = Job(told.append)
    job.begin("Downloading", total=5, unit="bytes")
    job.advance(5)
    job.begin("Installing", total=1)
    assert [step.unit for step in told] == ["bytes", "bytes", ""]
