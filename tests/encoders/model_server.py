"""A real web server on this computer that gives files out as model hubs do, and misbehaves on demand."""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class File:
    """A file, and what goes wrong with it."""

    content: bytes
    tag: str | None = None
    """The ETag; None: the hash of the content, "": none."""
    ranges: bool = True
    cuts: list[int] = field(default_factory=list)
    """After how many bytes the connection breaks, answer by answer."""
    statuses: list[int] = field(default_factory=list)
    """Statuses instead of an answer, request by request."""
    declared_size: int | None = None
    redirect: str = ""
    linked_sha256: str = ""
    linked_size: int | None = None
    pause_s: float = 0.0
    """Before every block."""
    chunked: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()}"' if self.tag is None else self.tag


@dataclass
class Hub:
    """The server: files by path, and what was asked for."""

    url: str
    files: dict[str, File]
    asked: list[tuple[str, str]] = field(default_factory=list)
    """(path, the Range that was asked for)."""
    sent: int = 0
    """Bytes of bodies."""

    def address(self, path: str) -> str:
        return f"{self.url}{path}"


@contextmanager
def serving(files: dict[str, File] | None = None) -> Iterator[Hub]:
    """Serve files, which may be changed meanwhile."""
    hub = Hub("", files if files is not None else {})
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        self.hub.asked.append((self.path, wanted))
        file = self.hub.files.get(self.path)
        status = 404 if file is None else file.statuses.pop(0) if file.statuses else 0
        if file is None or status:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif file.redirect:
            self._redirect(file)
        else:
            self._send(file, self._start(file, wanted))

    def _redirect(self, file: File) -> None:
        self.send_response(302)
        self.send_header("Location", file.redirect)
        if file.linked_sha256:
            self.send_header("X-Linked-Etag", f'"{file.linked_sha256}"')
        if file.linked_size is not None:
            self.send_header("X-Linked-Size", str(file.linked_size))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _start(self, file: File, wanted: str) -> int | None:
        """Where to begin; None for the whole file."""
        same = self.headers.get("If-Range") in (None, file.etag)
        return int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and file.ranges and same else None

    def _send(self, file: File, start: int | None) -> None:
        size = len(file.content)
        if start is not None and start >= size:
            self.send_response(416)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = file.content[start or 0 :]
        self.send_response(200 if start is None else 206)
        if start is not None:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        if file.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(file.declared_size or len(body)))
        if file.etag:
            self.send_header("ETag", file.etag)
        for name, value in file.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self._body(file, body[: file.cuts.pop(0)] if file.cuts else body)

    def _body(self, file: File, body: bytes) -> None:
        try:
            for at in range(0, len(body), 16_384):
                time.sleep(file.pause_s)
                block = body[at : at + 16_384]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(block), block) if file.chunked else block)
                self.hub.sent += len(block)
            if file.chunked:
                self.wfile.write(b"0\r\n\r\n")
        except OSError:  # the other side has left
            pass
