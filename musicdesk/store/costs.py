"""What each encoder took on this computer: one line an encoder, the newest measurement."""

from musicdesk.records import EncoderCost, EncoderKey
from musicdesk.store.database import Database

_COLUMNS = "name, version, front_end, device, tracks, cpu_s, wall_s, peak_mb, measured"


class CostStore:
    """Costs by encoder."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def note(self, key: EncoderKey, cost: EncoderCost) -> None:
        """Keep a measurement in place of the encoder's earlier one."""
        row = (
            key.name, key.version, key.front_end, cost.device, cost.tracks, cost.cpu_s, cost.wall_s, cost.peak_mb,
            cost.measured,
        )  # fmt: skip
        with self._db.writing() as sql:
            sql.execute(f"INSERT OR REPLACE INTO costs ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608

    def all(self) -> dict[EncoderKey, EncoderCost]:
        """What was measured, encoder by encoder."""
        with self._db.reading() as sql:
            rows = sql.execute(f"SELECT {_COLUMNS} FROM costs").fetchall()  # noqa: S608
        return {EncoderKey(*row[:3]): EncoderCost(*row[3:]) for row in rows}
