"""Lines between network namespaces, carried packet by packet by this process, so that it can lose, delay and slow them down.

Each line is a TUN device in either namespace. Kernels differ in which of their own ways to spoil a line they have; this needs none
of them. What is dropped is dropped as packets, so both ends' own TCP deals with it.
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import os
import random
import selectors
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import Final

NEW_NETWORK: Final = 0x40000000
SET_INTERFACE: Final = 0x400454CA
TUN_WITHOUT_HEADER: Final = 0x1001
PACKET: Final = 65536
LONGEST_QUEUE_S: Final = 2.0
"""What would wait longer than this for a slow line is dropped, as a full modem does."""
UP: Final = 0
"""The way from the unit to the centre; 1 is the way down."""
SOON_S: Final = 0.05


def tun(namespace: str, name: str) -> int:
    """A new TUN device in a namespace; its file, which other namespaces may read and write. Raises `OSError`."""
    made: list[int | OSError] = []

    def make() -> None:  # a thread may live in another network than its process
        try:
            library = ctypes.CDLL(None, use_errno=True)
            with open(f"/run/netns/{namespace}", "rb") as there:  # noqa: PTH123 - a file of the kernel
                if library.setns(there.fileno(), NEW_NETWORK):
                    raise OSError(ctypes.get_errno(), "setns")
            opened = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(opened, SET_INTERFACE, struct.pack("16sH22x", name.encode(), TUN_WITHOUT_HEADER))
            made.append(opened)
        except OSError as error:
            made.append(error)

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    if isinstance(made[0], OSError):
        raise made[0]
    return made[0]


@dataclass
class Line:
    """One line and how bad it is now. `files`: the unit's end, the centre's end. `loss`: 0 to 1 a packet and way."""

    files: tuple[int, int]
    loss: float = 0.0
    cut: tuple[bool, bool] = (False, False)
    delay_s: float = 0.0
    rate_bits: float = 0.0
    carried_bytes: list[int] = field(default_factory=lambda: [0, 0])
    packets: list[int] = field(default_factory=lambda: [0, 0])
    dropped: int = 0
    free_at: list[float] = field(default_factory=lambda: [0.0, 0.0])

    def heal(self) -> None:
        """As good as new."""
        self.loss, self.cut, self.delay_s, self.rate_bits = 0.0, (False, False), 0.0, 0.0


class Wires:
    """All lines, carried by one thread."""

    def __init__(self, seed: int) -> None:
        self.lines: list[Line] = []
        self._chance = random.Random(seed)  # noqa: S311 - of a soak
        self._selector = selectors.DefaultSelector()
        self._due: list[tuple[float, int, Line, int, bytes]] = []
        self._count = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._carry, name="wires", daemon=True)

    def add(self, unit_end: int, centre_end: int) -> Line:
        """One line more. Before `start`."""
        line = Line((unit_end, centre_end))
        self.lines.append(line)
        for way, file in enumerate(line.files):
            self._selector.register(file, selectors.EVENT_READ, (line, way))
        return line

    def start(self) -> None:
        """Carry from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Carry no more; the devices are gone."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        for line in self.lines:
            for file in line.files:
                os.close(file)
        self.lines.clear()

    def _carry(self) -> None:
        while not self._stop.is_set():
            wait = min(SOON_S, max(0.0, self._due[0][0] - time.monotonic())) if self._due else SOON_S
            for key, _mask in self._selector.select(wait):
                self._read(*key.data)
            self._deliver(time.monotonic())

    def _read(self, line: Line, way: int) -> None:
        try:
            packet = os.read(line.files[way], PACKET)
        except OSError:
            return
        now = time.monotonic()
        line.packets[way] += 1
        line.carried_bytes[way] += len(packet)
        if line.cut[way] or self._chance.random() < line.loss:
            line.dropped += 1
            return
        leaves = max(now, line.free_at[way])
        if line.rate_bits:
            leaves += len(packet) * 8 / line.rate_bits
            if leaves - now > LONGEST_QUEUE_S:
                line.dropped += 1
                return
            line.free_at[way] = leaves
        at = leaves + line.delay_s * self._chance.uniform(0.75, 1.25)
        self._count += 1
        heapq.heappush(self._due, (at, self._count, line, way, packet))

    def _deliver(self, now: float) -> None:
        while self._due and self._due[0][0] <= now:
            _at, _number, line, way, packet = heapq.heappop(self._due)
            try:
                os.write(line.files[1 - way], packet)
            except OSError:
                line.dropped += 1
