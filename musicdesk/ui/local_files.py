"""Paths and URLs: names that are no UTF-8 keep their bytes on the way through Qt."""

import os
from collections.abc import Iterable
from urllib.parse import quote, unquote_to_bytes

from PySide6.QtCore import QUrl


def to_url(path: str) -> QUrl:
    """The file:// address of a path, byte for byte."""
    return QUrl.fromEncoded(b"file://" + quote(os.fsencode(path)).encode())


def from_url(url: QUrl) -> str:
    """The path of a file:// address ("" for any other)."""
    if url.scheme() != "file" or url.host() not in ("", "localhost"):
        return ""
    encoded = url.path(QUrl.ComponentFormattingOption.FullyEncoded)
    return os.fsdecode(unquote_to_bytes(encoded))


def folders_in(urls: Iterable[QUrl]) -> list[str]:
    """The folders among these addresses; a file stands for the folder that holds it."""
    paths = [path for path in map(from_url, urls) if path]
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in paths]
    return list(dict.fromkeys(folder for folder in folders if os.path.isdir(folder)))
