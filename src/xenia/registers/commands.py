"""`xenia ask`: questions as JSON lines, answers as JSON lines."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from xenia.access.standing import Standing
from xenia.commands import Call, Command
from xenia.errors import BadInput
from xenia.registers.search import Question, ask

LONGEST_LINE = 20_000
BATCH = 200


def _ask(call: Call) -> int:
    standing = call.standing
    assert standing is not None, "the command line gives a standing to every command with a permission"
    reference = call.options.reference.strip()
    failed = False
    for batch in _batches(call, standing):
        questions = [question for question in batch if isinstance(question, Question)]
        found = (
            ask(questions, standing, call.options.purpose, f"external:{reference}" if reference else "")
            if questions
            else []
        )
        answers = iter(found)
        for one in batch:
            if isinstance(one, Question):
                call.answer("xenia/answer/1", next(answers).to_json())
            else:
                failed = True
                call.answer("xenia/answer/1", one)
    return 1 if failed else 0


def _batches(call: Call, standing: Standing) -> Iterator[list[Question | dict[str, Any]]]:
    today = datetime.now(UTC).astimezone(ZoneInfo(standing.zone)).date()
    batch: list[Question | dict[str, Any]] = []
    for number, line in enumerate(call.lines(call.options.file, LONGEST_LINE), 1):
        if not line.strip():
            continue
        try:
            if len(line) > LONGEST_LINE:
                raise BadInput("The line is too long.", code="bad-question")
            batch.append(Question.from_json(json.loads(line), today))
        except (ValueError, RecursionError):
            call.say(f"xenia: line {number} is no JSON.")
            batch.append({"id": "", "error": f"line {number} is no JSON", "hits": []})
        except BadInput as error:
            call.say(f"xenia: line {number}: {error}")
            batch.append({"id": "", "error": f"line {number}: {error.message}", "hits": []})
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--purpose", required=True, help="word of the purpose, such as border-first-line")
    parser.add_argument("--reference", required=True, help="event or case that you ask for; free text")
    parser.add_argument("file", nargs="?", metavar="FILE", help="JSON lines; - or nothing for standard input")


COMMANDS = (Command("ask", "Ask every register that the purpose opens.", _ask, "ask", _arguments),)
