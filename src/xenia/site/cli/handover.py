"""Handing a command to the serving process, which alone writes the SQLite file.

Frames over an owner-only Unix socket in HOME/run: one letter, four bytes of length, payload.
From the client: `A` (arguments, folder), `I` (input, empty at its end), `C` (stop).
From the server: `N` (send input), `O` (output), `E` (message), `X` (exit code).
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xenia.commands import Call
from xenia.site import options

LIMIT = 1 << 20
ADDRESS_BYTES = 100  # Linux takes 107, others 103


def socket_path(home: Path) -> Path:
    """Where the serving process listens."""
    return home / "run" / "x.sock"


def offer(argv: list[str]) -> int | None:
    """Exit code of the command as run by the serving process; None where there is none (or a centre on PostgreSQL)."""
    values = options.read()
    path = socket_path(options.home(values))
    if values["DATABASE"] or not path.exists():
        return None
    link = socket.socket(socket.AF_UNIX)
    try:
        with _address(path) as address:
            link.connect(address)
    except OSError:
        link.close()
        return None
    with link:
        try:
            return _converse(link, argv)
        except _Gone:
            print(
                "xenia: the serving process went away before it had finished. What it had acknowledged is kept. "
                "Look at the result, then run the command again.",
                file=sys.stderr,
            )
            return 1


@contextlib.contextmanager
def _address(path: Path) -> Iterator[str]:
    """A form of the path that fits into a Unix address, however long the path is (Linux: through an open folder)."""
    if len(os.fsencode(path)) <= ADDRESS_BYTES:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


class _Gone(BrokenPipeError):
    """The other side of the socket is there no more. A broken pipe to everybody who writes to it."""


def _input() -> bytes:
    try:
        return os.read(sys.stdin.fileno(), 65536)
    except (AttributeError, ValueError, OSError):  # closed, or never there
        return b""


def _converse(link: socket.socket, argv: list[str]) -> int:
    header = {"argv": argv, "cwd": str(Path.cwd()), "interactive": bool(sys.stdin and sys.stdin.isatty())}
    _send(link, b"A", json.dumps(header).encode())
    while True:
        try:
            kind, payload = _receive(link)
        except KeyboardInterrupt:
            with contextlib.suppress(OSError):
                _send(link, b"C", b"")
            raise
        if kind == b"O":
            sys.stdout.buffer.write(payload)
            sys.stdout.flush()
        elif kind == b"E":
            sys.stderr.buffer.write(payload)
            sys.stderr.flush()
        elif kind == b"N":
            _send(link, b"I", _input())
        elif kind == b"X":
            return int(payload)
        else:
            raise _Gone


def _send(link: socket.socket, kind: bytes, payload: bytes) -> None:
    try:
        link.sendall(kind + struct.pack(">I", len(payload)) + payload)
    except OSError as error:
        raise _Gone from error


def _receive(link: socket.socket) -> tuple[bytes, bytes]:
    head = _exactly(link, 5)
    size = struct.unpack(">I", head[1:])[0]
    if size > LIMIT:
        raise _Gone
    return head[:1], _exactly(link, size)


def _exactly(link: socket.socket, size: int) -> bytes:
    """That many bytes. Raises `_Gone` where the other side leaves before it has sent them."""
    parts = []
    while size:
        try:
            part = link.recv(size)
        except OSError as error:
            raise _Gone from error
        if not part:
            raise _Gone
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


class _Out(io.RawIOBase):
    def __init__(self, link: socket.socket, kind: bytes, lock: threading.Lock) -> None:
        self.link, self.kind, self.lock = link, kind, lock

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        view = bytes(data)
        with self.lock:
            for start in range(0, len(view), 65536):
                _send(self.link, self.kind, view[start : start + 65536])
        return len(view)


class _In(io.RawIOBase):
    def __init__(self, link: socket.socket, lock: threading.Lock) -> None:
        self.link, self.lock, self.kept, self.over = link, lock, b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.kept and not self.over:
            with self.lock:
                _send(self.link, b"N", b"")
            kind, self.kept = _receive(self.link)  # `_Gone` is not the end of the input: the command must not go on
            if kind != b"I":
                raise _Gone
            self.over = not self.kept
        count = min(len(buffer), len(self.kept))
        buffer[:count], self.kept = self.kept[:count], self.kept[count:]
        return count


class Desk:
    """The serving side: takes commands from the socket, each in a thread of its own."""

    def __init__(self, home: Path) -> None:
        self.path = socket_path(home)
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.parent.chmod(0o700)  # nobody else passes this folder; the socket itself is narrowed right after
        self.path.unlink(missing_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        with _address(self.path) as address:
            self.listener.bind(address)
        self.path.chmod(0o600)
        self.listener.listen(16)

    def start(self) -> None:
        """Listen in a thread that ends with the process."""
        threading.Thread(target=self._listen, name="xenia-desk", daemon=True).start()

    def stop(self) -> None:
        """Take no further command and leave no socket behind."""
        self.listener.close()
        self.path.unlink(missing_ok=True)

    def _listen(self) -> None:
        while True:
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(link,), name="xenia-command", daemon=True).start()

    def _serve(self, link: socket.socket) -> None:
        from django.db import connection

        from xenia.site import cli

        with link:
            try:
                kind, payload = _receive(link)
                if kind != b"A":
                    return
                asked = json.loads(payload)
                lock = threading.Lock()
                out = io.TextIOWrapper(io.BufferedWriter(_Out(link, b"O", lock), 16384), encoding="utf-8")
                err = io.TextIOWrapper(_Out(link, b"E", lock), encoding="utf-8", write_through=True)  # type: ignore[type-var]
                call = Call(
                    argparse.Namespace(), io.BufferedReader(_In(link, lock)), out, err, interactive=asked["interactive"]
                )
                code = cli.run(asked["argv"], call, Path(asked["cwd"]))
                out.flush()
                with lock:
                    _send(link, b"X", str(code).encode())
            except (OSError, ValueError):
                return
            finally:
                connection.close()
