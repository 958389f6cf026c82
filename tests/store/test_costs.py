"""What encoders took: one line each, the newest, over restarts."""

from pathlib import Path

from musicdesk.records import EncoderCost, EncoderKey
from musicdesk.store.costs import CostStore
from musicdesk.store.database import Database

KEY, OTHER = EncoderKey("musicnn", "1", "16k"), EncoderKey("musicnn", "2", "16k")


def cost(cpu_s: float) -> EncoderCost:
    return EncoderCost("CPU", tracks=9, cpu_s=cpu_s, wall_s=0.1, peak_mb=97.5, measured=1000.0)


def test_the_newest_measurement_takes_the_place_of_the_older(tmp_path: Path):
    database = Database.open(tmp_path)
    store = CostStore(database)
    store.note(KEY, cost(0.3))
    store.note(KEY, cost(0.2))
    assert store.all() == {KEY: cost(0.2)}
    database.close()


def test_measurements_outlive_the_program_and_versions_stand_apart(tmp_path: Path):
    database = Database.open(tmp_path)
    store = CostStore(database)
    store.note(KEY, cost(0.3))
    store.note(OTHER, cost(0.1))
    database.close()
    again = Database.open(tmp_path)
    assert CostStore(again).all() == {KEY: cost(0.3), OTHER: cost(0.1)}
    again.close()
