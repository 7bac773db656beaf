import argparse
import functools

import pytest

from tests.docs.pages import page, pages
from xenia.site.cli import commands_of
from xenia.site.cli.index import INDEX

LAUNCHER = {"test"}  # commands of ./xenia itself


@functools.cache
def _collected():
    found = {}
    for name, place in INDEX.items():
        for command in commands_of(place):
            if command.name.split()[0] == name:
                found[command.name] = command
    return found


def test_every_word_of_the_index_has_a_command():
    assert {name.split()[0] for name in _collected()} == set(INDEX)


def test_every_command_is_described_and_nothing_else():
    described = {
        heading.removeprefix("xenia ")
        for heading in page("reference/commands.md").headings(2)
        if heading.startswith("xenia ")
    }
    assert described == set(_collected()) | LAUNCHER


def test_every_command_has_a_help_sentence():
    assert not [name for name, command in _collected().items() if not command.help.strip()]


def _options(command):
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    known = {word for action in parser._actions for word in action.option_strings}
    return known | ({"--as"} if command.permission is not None else set())


@pytest.mark.parametrize("document", pages(), ids=lambda page: page.name)
def test_no_page_names_a_command_or_option_that_does_not_exist(document):
    commands = _collected()
    odd = []
    for line in document.commands():
        words = line.replace("|", " | ").split()
        name = next((" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in commands), words[0])
        if words[0] in LAUNCHER or words[0] in ("COMMAND", "...", "--help", "--version"):
            continue
        if name not in commands:
            # `xenia lists` alone speaks of the family; `xenia subject find|export|erase` of several at once
            if words[0] not in INDEX or (len(words) > 1 and words[1] not in ("...", "|") and "|" not in words):
                odd.append(line)
            continue
        known = _options(commands[name])
        used = {word.strip("[]").split("=")[0] for word in words if word.strip("[").startswith("--")}
        odd += [f"{line}: {option}" for option in used - known]
    assert not odd
