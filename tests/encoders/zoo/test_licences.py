"""What a licence means, in sentences."""

from dataclasses import replace

import pytest
from encoders.toy_weights import of_a_hub

from musicdesk.encoders.zoo.licences import licence_text, meaning, pages


@pytest.mark.parametrize(
    ("licence", "words"),
    [
        ("CC BY-NC 4.0", ["not for commercial purposes", "name their authors"]),
        ("CC BY-NC-SA 4.0", ["not for commercial purposes", "same licence"]),
        ("CC BY-ND 4.0", ["changed weights"]),
        ("OpenAI Noncommercial Use License", ["not for commercial purposes"]),
        ("MIT", ["any purpose"]),
        ("GPL-3.0-or-later", ["any purpose", "under this licence"]),
        ("unstated", ["Nobody states terms"]),
        ("not stated by its authors", ["Nobody states terms"]),
        ("Some Licence 3", []),
    ],
)
def test_what_a_licence_asks_and_forbids_is_said(licence: str, words: list[str]) -> None:
    said = " ".join(meaning(licence))
    assert all(word in said for word in words)
    assert bool(said) == bool(words)
    assert ("commercial" in said) == ("not for commercial purposes" in words)


def test_the_text_names_the_encoder_the_licence_and_where_it_stands() -> None:
    spec = of_a_hub("https://huggingface.co").spec
    text = licence_text(spec)
    assert "Toy" in text
    assert "CC BY-NC 4.0" in text
    assert "https://huggingface.co/org/toy\n" in text
    assert text.endswith("https://example.org/toy")
    assert pages(replace(spec, weights=None)) == ("https://example.org/toy",)
