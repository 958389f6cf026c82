"""One request to a server, read block by block by a thread of its own, so that whoever waits can leave at any time.

Addresses and redirects must be https (http only between addresses of this computer). Proxies are those of the system.
Nothing is sent but the address, the place to go on from and musicdesk's name.
"""

import contextlib
import errno
import http.client
import queue
import re
import socket
import ssl
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.message import Message
from types import TracebackType
from typing import IO, Self

from musicdesk import __version__
from musicdesk.errors import ModelUnavailable

BLOCK_BYTES = 256 * 1024
AHEAD = 16
"""Blocks that are read before they are wanted."""
TICK_S = 0.1
"""How often whoever waits is asked whether to go on."""
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SHA256 = re.compile(r'"?([0-9a-f]{64})"?')
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ECONNREFUSED)


class Broken(Exception):
    """The connection or the server failed: the same request may succeed later. Says what happened, in a few words."""

    def __init__(self, why: str, *, wait_s: float = 0.0) -> None:
        super().__init__(why)
        self.wait_s = wait_s
        """How long the server asks to be left alone."""


class Unreachable(Broken):
    """There is no way to the server at all."""


class NothingThere(Exception):
    """The server has no bytes from the place that was asked for on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says of a file before it sends it."""

    start: int = 0
    """The place in the file of the first byte that it sends."""
    size_bytes: int | None = None
    """Of the whole file."""
    tag: str = ""
    """What an interrupted download can be continued by: a strong ETag or a date; "" if there is none."""
    sha256: str = ""
    """As the server declares it; Hugging Face does for every large file."""


class Transfer:
    """A request under way: first its answer, then its blocks. Close it when done; closing never waits."""

    def __init__(
        self, url: str, *, at: int = 0, tag: str = "", timeout_s: float = 30.0, check: Callable[[], None]
    ) -> None:
        self.host = urllib.parse.urlsplit(url).hostname or ""
        headers = {"User-Agent": f"musicdesk/{__version__}", "Accept-Encoding": "identity"}
        if at:
            headers["Range"] = f"bytes={at}-"
        if at and tag:
            headers["If-Range"] = tag
        _check_address(url)
        self._check, self._timeout_s = check, timeout_s
        self._inbox: queue.Queue[Answer | bytes | Exception] = queue.Queue(AHEAD)
        self._left = threading.Event()
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the address is checked
        threading.Thread(target=self._read, args=(request,), daemon=True, name="download").start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.set()

    def answer(self) -> Answer:
        """What the server says first.

        Raises:
            Broken, NothingThere: see there.
            ModelUnavailable: the server refuses.
        """
        answer = self._next()
        assert isinstance(answer, Answer)
        return answer

    def blocks(self) -> Iterator[bytes]:
        """What it sends, until it ends, which need not be the end of the file. Raises Broken."""
        while block := self._next():
            assert isinstance(block, bytes)
            yield block

    def _next(self) -> Answer | bytes:
        while True:
            self._check()
            with contextlib.suppress(queue.Empty):
                item = self._inbox.get(timeout=TICK_S)
                if isinstance(item, Exception):
                    raise item
                return item

    def _read(self, request: urllib.request.Request) -> None:
        """The thread: everything that may wait for the network."""
        redirects = _Redirects()
        try:
            with urllib.request.build_opener(redirects).open(request, timeout=self._timeout_s) as response:
                self._put(redirects.complete(_answer_of(response.headers, response.status)))
                left = _number(response.headers.get("Content-Length"))
                while block := response.read1(BLOCK_BYTES if left is None else min(BLOCK_BYTES, left)):
                    left = None if left is None else left - len(block)
                    self._put(block)
                self._put(b"")
        except _Gone:
            pass
        except Exception as error:
            with contextlib.suppress(_Gone):
                self._put(_told(error, self.host))

    def _put(self, item: Answer | bytes | Exception) -> None:
        while not self._left.is_set():
            with contextlib.suppress(queue.Full):
                self._inbox.put(item, timeout=TICK_S)
                return
        raise _Gone


class _Gone(Exception):
    """Nobody waits for the transfer any more."""


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows safe redirects, and remembers what a server declares while it sends us on to another."""

    def __init__(self) -> None:
        self._declared = Answer()

    def complete(self, answer: Answer) -> Answer:
        """An answer with what was declared on the way to it."""
        size = self._declared.size_bytes
        return replace(
            answer,
            sha256=self._declared.sha256 or answer.sha256,
            size_bytes=answer.size_bytes if size is None else size,
        )

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:  # fmt: skip
        _check_address(newurl, before=req.full_url)
        said = _linked(headers)
        self._declared = Answer(
            sha256=said.sha256 or self._declared.sha256,
            size_bytes=self._declared.size_bytes if said.size_bytes is None else said.size_bytes,
        )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _answer_of(headers: Message, status: int) -> Answer:
    """What the headers of an answer say. # status: 200, 206"""
    linked, start, size = _linked(headers), 0, _number(headers.get("Content-Length"))
    if status == http.client.PARTIAL_CONTENT:
        part = _RANGE.fullmatch(headers.get("Content-Range", ""))
        if not part:
            raise Broken("the server sends parts that nobody asked for")
        start, size = int(part[1]), _number(part[3])
    tag = headers.get("ETag", "")
    tag = headers.get("Last-Modified", "") if not tag or tag.startswith("W/") else tag
    declared = linked.size_bytes
    return Answer(start, size if declared is None else declared, tag, linked.sha256)


def _linked(headers: Message) -> Answer:
    """What Hugging Face declares of a file that lies elsewhere."""
    sha256 = _SHA256.fullmatch(headers.get("X-Linked-Etag", ""))
    return Answer(size_bytes=_number(headers.get("X-Linked-Size")), sha256=sha256[1] if sha256 else "")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def _check_address(url: str, *, before: str = "") -> None:
    """Raise ModelUnavailable unless an address is https, or http on this computer and reached from it."""
    if _is_local(url) and (not before or _is_local(before)):
        return
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or (before and parts.hostname in _LOOPBACK):
        raise ModelUnavailable(f"The address {url} is not safe to download from (https is needed). Please report this.")


def _is_local(url: str) -> bool:
    parts = urllib.parse.urlsplit(url)
    return parts.scheme in ("http", "https") and parts.hostname in _LOOPBACK


def _told(error: Exception, host: str) -> Exception:
    """A failure as one of ours."""
    if isinstance(error, ModelUnavailable | Broken):
        return error
    if isinstance(error, urllib.error.HTTPError):
        return _refused(error, host)
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        return _told(error.reason, host)
    if isinstance(error, ssl.SSLCertVerificationError):
        return ModelUnavailable(
            f"{host} cannot be trusted: its certificate does not hold ({error.verify_message}). Check the clock of "
            "this computer and the network that it is in."
        )
    if isinstance(error, socket.gaierror) or (isinstance(error, OSError) and error.errno in _NO_WAY):
        return Unreachable(f"{host} cannot be reached")
    if isinstance(error, TimeoutError):
        return Broken(f"{host} does not answer")
    return Broken(f"the connection to {host} broke")


def _refused(error: urllib.error.HTTPError, host: str) -> Exception:
    """What a status says."""
    code = error.code
    if code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
        return NothingThere()
    if code in (401, 403):
        return ModelUnavailable(
            f"{host} does not give this file to everyone ({code}). Fetch it with an account of yours, and name the "
            "folder with --from-dir FOLDER."
        )
    if code in (404, 410):
        return ModelUnavailable(f"{host} does not have this file any more ({code}). Please report this.")
    if code in (408, 425, 429) or code >= 500:
        return Broken(f"{host} does not work at the moment ({code})", wait_s=_number(error.headers["Retry-After"]) or 0)
    return ModelUnavailable(f"{host} refuses to send this file ({code} {error.reason}).")
