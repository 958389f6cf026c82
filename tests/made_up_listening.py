"""A handful of listens of three people, one of whom is the person at the desk."""

from types import SimpleNamespace

import numpy as np

from musicdesk.desk.heard import Heard

ROWS = [
    ("", "1:a", 1.0, 20.0, 0), ("", "1:b", 0.4, 10.0, 4), ("", "1:c", -1.0, np.nan, 0),
    ("anna", "1:b", 0.5, np.nan, 7), ("anna", "1:gone", 0.9, 5.0, 9), ("bert", "1:c", -0.5, 3.0, 2),
]  # fmt: skip


def heard(known=("1:a", "1:b", "1:c", "1:d"), rows=ROWS):
    names = list(dict.fromkeys(row[0] for row in rows))
    columns = list(zip(*rows, strict=True))
    return Heard.of(
        SimpleNamespace(
            names=tuple(names), users=np.array([names.index(n) for n in columns[0]]), hashes=columns[1],
            degrees=np.array(columns[2], np.float32), times=np.array(columns[3]),
            plays=np.array(columns[4], np.float32),
        ),
        known,
    )  # fmt: skip
