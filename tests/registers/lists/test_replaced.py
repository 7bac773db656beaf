"""A list file that was replaced is overwritten, but never under a reader: in this process or in another."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

from tests.registers.lists.worlds import csv_numbers
from xenia.identity import keys
from xenia.registers.lists import current, store
from xenia.registers.lists.file import BadListFile, ListFile

HOLD = """
import sys
from pathlib import Path
from xenia.registers.lists.file import ListFile
file = ListFile.open(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.readline()
print(sum(1 for _ in file.records()), flush=True)
"""


def content(handle: int) -> bytes:
    return os.pread(handle, os.fstat(handle).st_size, 0)


def test_a_reader_that_nobody_told_of_keeps_the_file_whole(load) -> None:
    load(csv_numbers(range(300)))
    path = store.file_path("alerts-csv-1.list")
    reader, handle = ListFile.open(path), os.open(path, os.O_RDONLY)
    load(csv_numbers(range(1, 301)))
    current.settle()
    store.settle(0.5)
    assert not path.exists()
    assert sum(1 for _ in reader.records()) == 300
    exact = keys.document_keys("UTO", "P", "X0000007")
    assert reader.search_document(exact)
    reader.close()
    gc.collect()
    store.settle(30)
    assert not content(handle).strip(b"\0")
    os.close(handle)


def test_a_reader_in_another_process_is_waited_for(load) -> None:
    load(csv_numbers(range(300)))
    path = store.file_path("alerts-csv-1.list")
    handle = os.open(path, os.O_RDONLY)
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdin is not None and other.stdout is not None
    assert other.stdout.readline() == "open\n"
    load(csv_numbers(range(1, 301)))
    current.settle()
    gc.collect()
    store.settle(0.5)
    other.stdin.write("\n")
    other.stdin.flush()
    assert other.stdout.readline() == "300\n"
    other.communicate()
    store.settle(30)
    assert not content(handle).strip(b"\0")
    os.close(handle)


def test_a_file_without_a_name_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.list"
    path.write_bytes(b"x")
    handle = os.open(path, os.O_RDONLY)
    path.unlink()
    try:
        ListFile.open(Path(f"/proc/self/fd/{handle}"))
    except BadListFile as error:
        assert error.code == "list-file"
    else:
        raise AssertionError("opened")
    finally:
        os.close(handle)
