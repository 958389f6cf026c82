"""The Emotify data set as it is published: 400 excerpts in four genres, and what people said they felt.

Aljanaki, Wiering & Veltkamp, "Studying emotion induced by music through a crowdsourcing game" (2016): nine emotions of
the Geneva Emotional Music Scales, each a share of the listeners who chose it.
"""

import csv
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.mood.axes import GEMS
from musicdesk.records import FloatArray

TABLE = "labels.csv"
OFFSETS = {"classical": 0, "rock": 100, "electronic": 200, "pop": 300}
"""What is added to the number of a file for its track id. The column ``genre`` of the averaged table is of no use: its
names are in another order than its ids, which the single answers (``data.csv``) prove."""


def emotions_of(folder: Path) -> Mapping[str, FloatArray]:
    """File (its absolute path) → how many of its listeners felt each of GEMS, 0 to 1.  # [9]

    Empty where the folder is no Emotify. Raises BadRequest for a table that looks like it and cannot be read.
    """
    path = folder / TABLE
    if not path.is_file():
        return {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            answers = {int(row["track id"]): [float(row[name]) for name in GEMS] for row in csv.DictReader(file)}
    except (KeyError, ValueError, TypeError) as error:
        raise BadRequest(f"{path} is not the table of Emotify ({type(error).__name__}: {error}).") from error
    audio = Path(os.path.abspath(folder)) / "audio"  # as a walk names them
    return {
        str(file): np.array(answers[number], dtype=np.float32)
        for genre, offset in OFFSETS.items()
        for file in sorted((audio / genre).glob("*.*"))
        if file.stem.isdigit() and (number := int(file.stem) + offset) in answers
    }
