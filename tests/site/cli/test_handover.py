"""Commands beside a serving process: handed over, streamed, cut off half-way, and left alone when it dies."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site.cli.server import Server, is_alive
from xenia.site.cli import handover

QUESTION = json.dumps({"id": "q", "surname": "Halvorsen", "given_names": "Tessa"}).encode() + b"\n"
ASK = ("ask", "--purpose", "border-first-line", "--reference", "test")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for the whole module; tests that kill start it again."""
    made = Server(tmp_path_factory.mktemp("serving") / "home")
    yield made.start()
    made.stop()


def test_commands_run_in_the_serving_process(server: Server) -> None:
    asked = server.run(*ASK, "-", stdin=QUESTION * 3)
    assert (asked.returncode, asked.stderr) == (0, "")
    lines = [json.loads(line) for line in asked.stdout.splitlines()]
    assert len([line for line in lines if line["schema"] == "xenia/answer/1"]) == 3, lines
    assert server.run("lists", "status").returncode == 0
    assert json.loads(server.run("journal", "head").stdout)["size"] > 0
    odd = server.run("journal", "head", XENIA_LOG="NONSENSE")
    assert odd.returncode == 1 and "XENIA_LOG" in odd.stderr, "an odd setting is named, whoever does the work"


def test_ten_thousand_questions_come_back_in_order(server: Server) -> None:
    questions = b"".join(json.dumps({"id": f"q{n}", "surname": f"Nobody{n}"}).encode() + b"\n" for n in range(10_000))
    done = server.run(*ASK, "-", stdin=questions)
    assert done.returncode == 0, done.stderr
    answers = [line for line in map(json.loads, done.stdout.splitlines()) if line["schema"] == "xenia/answer/1"]
    assert [line["id"] for line in answers] == [f"q{n}" for n in range(10_000)]


def test_the_socket_and_its_folder_are_the_owners_alone(server: Server) -> None:
    path = handover.socket_path(server.home)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_server_on_the_same_home_is_refused(server: Server) -> None:
    second = server.run("serve", "--bind", "127.0.0.1:1")
    assert second.returncode == 1 and "Another process serves this installation" in second.stderr
    assert server.run("journal", "head").returncode == 0, "the first serves on"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("journal", "nonsense"), 2, "invalid choice"),
        (("journal",), 2, "required"),
        (("nonsense",), 2, "there is no command 'nonsense'"),
        ((), 2, "usage: xenia"),
        (("journal", "head", "--nonsense"), 2, "unrecognized"),
        (("journal", "--help"), 0, ""),
        (("journal", "head", "--as", "nobody"), 1, "There is no account of that name"),
        (("lists", "load", "alerts", "missing.csv"), 1, "missing.csv"),
        (("proposals", "approve", "no-id"), 1, "This is no id"),
    ],
)
def test_wrong_use_says_so(server: Server, words: tuple[str, ...], code: int, said: str) -> None:
    done = server.run(*words)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert "something went wrong inside" not in done.stderr


def test_paths_are_meant_from_where_one_stands(server: Server, tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_bytes(QUESTION)
    done = server.run(*ASK, "questions.jsonl", cwd=tmp_path)
    assert done.returncode == 0 and '"q"' in done.stdout, done.stderr


def test_another_account_acts_by_its_own_right(server: Server) -> None:
    made = server.run("accounts", "add", "ann", "--name", "Ann", "--role", "auditor")
    assert made.returncode == 0, made.stderr
    assert server.run("journal", "head", "--as", "ann").returncode == 0
    refused = server.run(*ASK, "-", "--as", "ann", stdin=QUESTION)
    assert refused.returncode == 1 and "do not include ask" in refused.stderr


def test_no_input_at_all_is_an_empty_input(server: Server) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" -m xenia "$@" <&-', sys.executable, *ASK, "-"],
        env=server.environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr and done.returncode in (0, 1), done.stderr


def test_a_reader_that_leaves_ends_the_command_quietly(server: Server) -> None:
    piped = subprocess.run(
        ["/bin/sh", "-c", f"'{sys.executable}' -m xenia ask --purpose border-first-line --reference t - | head -1"],
        env=server.environment, input=QUESTION * 3000, capture_output=True, timeout=100, check=False,
    )  # fmt: skip
    assert piped.stdout.count(b"\n") == 1 and b"Traceback" not in piped.stderr, piped.stderr
    assert server.run("journal", "head").returncode == 0


def test_a_client_killed_half_way_leaves_the_server_well(server: Server) -> None:
    for _ in range(3):
        client = server.popen(*ASK, "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert client.stdin is not None
        client.stdin.write(QUESTION * 50)
        client.stdin.flush()
        time.sleep(0.3)
        client.kill()
        client.communicate()
    assert server.run("journal", "verify").returncode == 0
    assert server.run(*ASK, "-", stdin=QUESTION).returncode == 0


def test_an_input_cut_off_is_not_taken_for_its_end() -> None:
    here, there = socket.socketpair()
    with here, there:
        source = handover._In(here, threading.Lock())
        there.sendall(b"I\x00\x00\x00\x05half")
        there.close()
        with pytest.raises(BrokenPipeError):
            source.readinto(bytearray(10))


@pytest.mark.parametrize("frame", [b"", b"X", b"X\x00\x00\x00\x09no", b"Z\x00\x00\x00\x00", b"O\xff\xff\xff\xff"])
def test_an_answer_that_breaks_off_is_told_apart_from_an_answer(frame: bytes) -> None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(frame)
        there.shutdown(socket.SHUT_WR)
        with pytest.raises(BrokenPipeError):
            handover._converse(here, ["journal", "head"])


def test_a_server_killed_while_a_command_runs_is_said_plainly(server: Server) -> None:
    client = server.popen(*ASK, "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert client.stdin is not None
    client.stdin.write(QUESTION)
    client.stdin.flush()
    time.sleep(1.5)
    for pid in server.workers():
        server.kill(pid)
    _, said = client.communicate(timeout=60)
    assert client.returncode == 1 and b"the serving process went away" in said and b"Traceback" not in said, said
    server.wait_until_up()
    assert server.run("journal", "verify").returncode == 0


def test_a_stale_socket_is_no_obstacle(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "run").mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(home / "run" / "x.sock"))
    beside = Server(home)
    assert beside.run("journal", "head").returncode == 0, "nobody serves: the command does it itself"


def test_a_home_with_a_long_path_serves_and_takes_commands_from_anywhere(tmp_path: Path) -> None:
    home = tmp_path / ("long-" * 12) / ("path-" * 12) / "home"
    home.mkdir(parents=True)
    server = Server(home)
    server.log = tmp_path / "log"
    try:
        server.start()
        assert len(str(handover.socket_path(home))) > 108
        for folder in (Path("/"), tmp_path, home):
            done = server.run("journal", "head", cwd=folder)
            assert done.returncode == 0, done.stderr
        assert b"went away" not in server.log.read_bytes()
        assert _was_handed_over(server)
    finally:
        server.stop()


def _was_handed_over(server: Server) -> bool:
    """A command that waits for input keeps a thread of the worker busy: the worker has one more open socket."""
    (worker,) = server.workers()
    before = len(os.listdir(f"/proc/{worker}/fd"))
    client = server.popen(*ASK, "-", cwd=Path("/"), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 20
    while time.monotonic() < end and len(os.listdir(f"/proc/{worker}/fd")) <= before:
        time.sleep(0.05)
    found = len(os.listdir(f"/proc/{worker}/fd")) > before
    client.communicate()
    return found


def test_a_worker_does_not_outlive_the_process_that_started_it(server: Server) -> None:
    assert server.process is not None
    orphans = server.workers()
    server.kill(server.process.pid)
    server.process.wait()
    end = time.monotonic() + 10
    while any(map(is_alive, orphans)) and time.monotonic() < end:
        time.sleep(0.1)
    assert not any(map(is_alive, orphans))
    server.start()
    assert server.run("journal", "verify").returncode == 0


def test_stopped_in_order_it_leaves_no_process(server: Server) -> None:
    assert server.process is not None
    workers = server.workers()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(40) == 0
    assert not any(map(is_alive, workers))
    assert server.run("journal", "head").returncode == 0, "the command does it itself now"
    server.start()
