"""Ctrl-C and SIGTERM end a local run: at once while it starts, and in order when it runs."""

from __future__ import annotations

import os
import signal
import threading
import time

SIGNALS = {signal.SIGINT, signal.SIGTERM}
GRACE_SECONDS = 10.0
ONE_PRESS_SECONDS = 1.0  # a terminal and what runs this may both send the signal


class Stopping:
    """Waits for the signals in a thread of its own, because the main thread may hang.

    The signals are blocked in all threads: a handler could deadlock on a lock.
    """

    def __init__(self) -> None:
        self._requested = threading.Event()
        self._is_running = False
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        threading.Thread(target=self._watch, name="signals", daemon=True).start()

    def ready(self) -> None:
        """From now on a signal lets `wait` return, so that what was started is stopped in order."""
        self._is_running = True

    def wait(self) -> None:
        """Wait for a signal."""
        self._requested.wait()
        print("\nStopping …", flush=True)

    def _watch(self) -> None:
        number = signal.sigwait(SIGNALS)
        if not self._is_running:
            _end(number, "Stopped while starting")
        late = "Stopped; a worker was still busy, and its jobs go on at the next start"
        timer = threading.Timer(GRACE_SECONDS, _end, (number, late))
        timer.daemon = True
        timer.start()
        self._requested.set()
        first = time.monotonic()
        while time.monotonic() - first < ONE_PRESS_SECONDS:
            number = signal.sigwait(SIGNALS)
        _end(number, "Stopped at once")


def _end(number: int, words: str) -> None:
    """End the process whatever its threads do; nothing is lost, because jobs are in the database."""
    print(f"\n{words}", flush=True)
    os._exit(128 + number)
