"""The arrangement for a GPU or a heavy network: processes without torch listen, one with the network encodes for all.

What was heard waits in a short queue, so that memory is bounded: when the network falls behind, nobody listens on.
Features travel through pipes: measured, the 430 KB of a track cost half a millisecond each way beside some 60 ms of
decoding, and nothing is left behind when a process is killed, as shared memory would be.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from musicdesk.audio.worker import TICK_S, Crash, Finished, Pool, first_of
from musicdesk.encoders.base import EncoderSpec
from musicdesk.encoders.steps import Encodings, Heard, Order, Request, encode, finished, get_ready, listen, load_network
from musicdesk.errors import UserFacing
from musicdesk.records import Analysis, Skipped

LINGER_S = 0.1
"""How long what was heard waits for company before a forward pass that is not full."""
QUEUED_BATCHES = 2
"""Nobody listens on while so many forward passes are waiting to be made."""

Outcome = tuple[Request, Analysis | Skipped | Crash]


class DeviceFailed(Exception):
    """The device does not work (any more); ``unfinished`` are the requests that have no result yet."""

    def __init__(self, reason: str, unfinished: Sequence[Request]) -> None:
        super().__init__(reason)
        self.reason, self.unfinished = reason, tuple(unfinished)


class Split:
    """Listens in several processes and encodes in one; several tracks' windows go into one forward pass.

    ``last_resort``: nothing could take over, as with a heavy network on the CPU. Then tracks are encoded one by one,
    and what fails costs that track alone.
    """

    def __init__(
        self,
        order: Order,
        *,
        spec: EncoderSpec,
        workers: int,
        nice: int,
        pace: float,
        limit_s: float,
        memory_mb: int,
        say: Callable[[str], object],
        last_resort: bool = False,
    ) -> None:
        self._order, self._spec, self._say, self._batch = order, spec, say, spec.batch
        self._last_resort = last_resort
        self._listeners: Pool[Request, Heard | Skipped] = Pool(
            partial(listen, order), workers=workers, start=get_ready, start_args=(order,), limit_s=limit_s,
            memory_mb=memory_mb, nice=nice, pace=pace,
        )  # fmt: skip
        self._network: Pool[tuple[Heard, ...], Encodings] = Pool(
            partial(encode, order), workers=1, start=load_network, start_args=(order,), limit_s=limit_s, nice=nice,
            pace=pace, beside=self._listeners,
        )  # fmt: skip
        self._waiting: deque[tuple[Request, Heard]] = deque()
        self._encoding: list[tuple[Request, Heard]] = []
        self._heard_last = 0.0
        self.precision = ""
        """How the network computes, where it says so, such as fp16."""

    def run(self, requests: Iterable[Request], check: Callable[[], None] | None) -> Iterator[Outcome]:
        """Each request with its result, in the order they are done. Raises DeviceFailed, UserFacing."""
        todo, more = iter(requests), True
        self._waiting.clear()
        self._encoding.clear()
        self._network.warm_up()
        try:
            while True:
                if check:
                    check()
                while more and self._may_listen():
                    more = self._listen_to_next(todo)
                self._encode_waiting(all_heard=not more)
                if not more and not self._unfinished():
                    return
                yield from self._next_results()
        finally:
            self._listeners.stop()
            self._network.stop()

    def close(self) -> None:
        """End every process."""
        self._listeners.close()
        self._network.close()

    def _may_listen(self) -> bool:
        full = self._windows() >= QUEUED_BATCHES * self._batch
        return self._listeners.room and not full

    def _listen_to_next(self, todo: Iterator[Request]) -> bool:
        """Begin with the next request, if there is one."""
        for request in todo:
            self._listeners.give(request)
            return True
        return False

    def _encode_waiting(self, *, all_heard: bool) -> None:
        """Send a batch to the network if it is free, and the batch full or not worth waiting for."""
        if not self._waiting or not self._network.waits:
            return
        no_more = all_heard and not self._listeners.under_way
        lingered = time.monotonic() - self._heard_last >= LINGER_S
        if self._windows() >= self._batch or no_more or lingered:
            self._encoding = self._next_batch()
            self._network.give(tuple(heard for _, heard in self._encoding))

    def _next_batch(self) -> list[tuple[Request, Heard]]:
        """As many waiting tracks as fit into a forward pass, but one at least."""
        batch, windows = [self._waiting.popleft()], 0
        while self._waiting and not self._last_resort:
            windows = sum(len(heard.features) for _, heard in batch)
            if windows + len(self._waiting[0][1].features) > self._batch:
                break
            batch.append(self._waiting.popleft())
        return batch

    def _next_results(self) -> Iterator[Outcome]:
        """What one finished item gives, if one finishes within a tick."""
        try:
            done = first_of([self._listeners, self._network], LINGER_S if self._waiting else TICK_S)
        except UserFacing as error:
            if self._network.problem is None or self._last_resort:
                raise
            raise DeviceFailed(str(error), self._unfinished()) from error
        if done is None:
            return
        if done.pool is self._network:
            yield from self._encoded(done)
        elif isinstance(done.result, Heard):
            self._waiting.append((done.item, done.result))
            self._heard_last = time.monotonic()
        else:
            yield done.item, done.result

    def _encoded(self, done: Finished) -> Iterator[Outcome]:
        if isinstance(done.result, Crash):
            yield from self._failed(done.result)
            return
        encodings: Encodings = done.result
        self._note(encodings)
        batch, self._encoding = self._encoding, []
        share_s = encodings.encode_s / sum(len(heard.features) for _, heard in batch)
        for (request, heard), pooled in zip(batch, encodings.pooled, strict=True):
            encode_s = share_s * len(heard.features)
            yield request, finished(heard, pooled, encode_s=encode_s, peak_mb=encodings.peak_mb)

    def _failed(self, crash: Crash) -> Iterator[Outcome]:
        """The network did not come through with a batch."""
        if not self._last_resort:
            raise DeviceFailed(crash.reason, self._unfinished())
        batch, self._encoding = self._encoding, []
        self._network.warm_up()  # another process, should this one be gone
        yield from ((request, crash) for request, _ in batch)

    def _note(self, encodings: Encodings) -> None:
        """Note how the network runs; say it when the device has less memory than was thought."""
        self.precision = encodings.device.partition(" ")[2]
        if encodings.batch < self._batch:
            self._batch = encodings.batch
            whose = "the computer" if self._last_resort else "the GPU"
            self._say(f"The memory of {whose} is short; it takes {self._batch} windows at once from now on.")

    def _windows(self) -> int:
        return sum(len(heard.features) for _, heard in self._waiting)

    def _unfinished(self) -> list[Request]:
        begun = [request for request, _ in (*self._encoding, *self._waiting)]
        return [*begun, *self._listeners.under_way]
