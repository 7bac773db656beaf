"""The texts of the interface and their translations: gather them, say what is missing, compile.

    .venv/bin/python tools/messages.py update          # src/xenia/site/locale/* get new texts, lose dead ones
    .venv/bin/python tools/messages.py missing         # prints texts that have no translation; exit code 1 if any
    .venv/bin/python tools/messages.py compile         # writes each .mo beside its .po
    .venv/bin/python tools/messages.py todo LANGUAGE   # prints `mark text` of what has no translation, for a translator
    .venv/bin/python tools/messages.py fill LANGUAGE FILE   # takes lines `mark translation`; plurals parted by ` ||| `

Gathers from Python (`_`, `gettext`, `ngettext`, ... and the two texts of Xenia's errors), from templates, and from
labels in data files and declared measures. Needs Babel (requirements/test.in); running Xenia does not.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import blake2s
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[1]
SOURCE = PROJECT / "src" / "xenia"
LOCALES = SOURCE / "site" / "locale"
ONE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
MANY = {"ngettext", "ngettext_lazy"}
ERRORS = {"BadInput", "NotAllowed", "NotFound", "Conflict", "Unavailable"}
# What only the command line, logs and start-up say is English: programs and administrators read it.
NOT_PAGES = (
    "site/",
    "journal/",
    "formats/",
    "identity/",
    "matching/",
    "commands.py",
    "frontier/arriving",  # of units: kept by their codes
    "registers/lists/child",
    "registers/lists/statement",
)
ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)  # so that the same texts make the same file
LABEL_KEYS = {"label", "detail", "first", "second"}
# What else is read on a page, by the file that holds it.
MORE_KEYS = {"retention_rules.json": {"what", "start", "source"}}
MEASURE_KEYS = ("definition", "unit", "source", "legal_basis")
SAID = re.compile(r"(?<![\w.-])[a-z]{3,}")  # a law that is only cited has no word of ours
CODE = re.compile(r"[A-Z]+_[A-Z_]+")  # a state of a procedure, not words
PLACE = re.compile(r"%\(\w+\)\d*[sd]")

# Name of each language, and its plural rule as gettext writes it. Source: Unicode CLDR, as GNU gettext shortens it.
LANGUAGES = {
    "ar": (
        "Arabic",
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    ),
    "az": ("Azerbaijani", "nplurals=2; plural=(n != 1);"),
    "fr": ("French", "nplurals=2; plural=(n > 1);"),
    "ka": ("Georgian", "nplurals=2; plural=(n != 1);"),
    "ru": (
        "Russian",
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    ),
}
HEADER = """# SPDX-License-Identifier: Apache-2.0
# Xenia in %s.
msgid ""
msgstr ""
"Project-Id-Version: Xenia\\n"
"Language: %s\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: %s\\n"
"""
PARTED = " ||| "

Message = str | tuple[str, str]


def gather() -> dict[Message, list[str]]:
    """Every text with the files that hold it; a pair where it has a plural."""
    found: dict[Message, list[str]] = {}
    for path in sorted(SOURCE.rglob("*")):
        name = path.relative_to(SOURCE).as_posix()
        for message in _messages(path, name):
            text = message if isinstance(message, tuple) else message.strip() and message
            if text and name not in found.setdefault(text, []):
                found[text].append(name)
    return found


def _messages(path: Path, name: str) -> Iterable[Message]:
    if path.suffix == ".py" and "migrations" not in path.parts:
        return _python(path, errors=not any(part in name for part in NOT_PAGES))
    if path.suffix == ".html":
        return _template(path)
    if path.suffix == ".json" and "locale" not in path.parts:
        return _labels(json.loads(path.read_text(encoding="utf-8")), LABEL_KEYS | MORE_KEYS.get(path.name, set()))
    if path.suffix == ".yaml" and path.parent.name == "declared":
        return _declared(path)
    return ()


def _declared(path: Path) -> Iterator[Message]:
    """What the statistics say of a measure; its labels stand in the file in every language."""
    for measure in yaml.safe_load(path.read_text(encoding="utf-8"))["measures"].values():
        yield from (measure[key] for key in MEASURE_KEYS)


def _python(path: Path, *, errors: bool) -> Iterator[Message]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    one, many = _called(tree, ONE), _called(tree, MANY)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if called in one and texts:
            yield texts[0]
        elif called in many and len(texts) == 2:
            yield (texts[0], texts[1])
        elif called in ERRORS and errors:
            yield from texts[:2]


def _called(tree: ast.AST, names: set[str]) -> set[str]:
    """`names`, and what a file calls them: `from ... import gettext as _now`."""
    imports = (alias for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names)
    return names | {alias.asname for alias in imports if alias.asname and alias.name in names}


# What Django's own templatize makes of a template: calls that xgettext would read.
CALL = re.compile(
    r"""\b(n?)gettext\(u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')(?:\s*,\s*u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))?"""
)
BARE = re.compile(r"""_\(("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\)""")


def _template(path: Path) -> Iterator[Message]:
    from django.utils.translation.template import templatize

    text = path.read_text(encoding="utf-8")
    source = templatize(text, origin=str(path))
    for many, first, second in CALL.findall(source):
        yield (ast.literal_eval(first), ast.literal_eval(second)) if many else ast.literal_eval(first)
    for text in BARE.findall(source):
        yield ast.literal_eval(text)


def _labels(data: Any, keys: set[str]) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key in keys and isinstance(value, str) and not CODE.fullmatch(value):
                if key != "source" or SAID.search(value):
                    yield value
            else:
                yield from _labels(value, keys)
    elif isinstance(data, list):
        for value in data:
            yield from _labels(value, keys)


def po(language: str) -> Path:
    """The file of one language's translations."""
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def mo(language: str) -> Path:
    """What is made of it."""
    return po(language).with_suffix(".mo")


def header(language: str) -> str:
    """The first lines of its file."""
    name, plurals = LANGUAGES[language]
    return HEADER % (name, language, plurals)


def plurals(language: str) -> int:
    """How many forms a counted text has."""
    return int(LANGUAGES[language][1].split("nplurals=")[1].split(";")[0])


def catalogue(language: str) -> Any:
    """The translations as they are kept, or an empty catalogue."""
    from io import BytesIO

    from babel.messages.pofile import read_po

    text = po(language).read_text(encoding="utf-8") if po(language).exists() else header(language)
    return read_po(BytesIO(text.encode()), locale=language)


def update(language: str) -> None:
    """Bring the catalogue to the texts of today; translations of texts that are still there are kept."""
    from io import BytesIO

    from babel.messages.pofile import read_po

    old, new = catalogue(language), read_po(BytesIO(header(language).encode()), locale=language)
    for message, places in sorted(gather().items(), key=lambda item: (item[1][0], str(item[0]))):
        kept = old.get(message[0] if isinstance(message, tuple) else message)
        same_shape = kept is not None and isinstance(kept.id, str) == isinstance(message, str)
        new.add(message, kept.string if same_shape else None, locations=[(places[0], 0)])
    save(language, new)


def save(language: str, made: Any) -> None:
    """Write the catalogue, without what changes at every run: line numbers, dates, names of tools."""
    from io import BytesIO

    from babel.messages.pofile import write_po

    out = BytesIO()
    write_po(out, made, include_lineno=False, width=0)
    text = out.getvalue().decode()
    po(language).parent.mkdir(parents=True, exist_ok=True)
    fresh = po(language).with_suffix(".new")
    fresh.write_text(header(language) + text[text.index("\n\n") :], encoding="utf-8")
    fresh.replace(po(language))


def untranslated(language: str) -> list[str]:
    """Texts without translation, and texts in the catalogue that no page has any more."""
    kept = {
        message.id[0] if isinstance(message.id, tuple) else message.id: message
        for message in catalogue(language)
        if message.id
    }
    wanted = {message[0] if isinstance(message, tuple) else message for message in gather()}
    missing = sorted(text for text in wanted if text not in kept or not _whole(kept[text].string))
    return missing + sorted(f"(dead) {text}" for text in kept if text not in wanted)


def _whole(translation: Any) -> bool:
    return all(translation) if isinstance(translation, (tuple, list)) else bool(translation)


def mark(message: Message) -> str:
    """Six letters that name a text."""
    return blake2s(repr(message).encode(), digest_size=3).hexdigest()


def todo(language: str) -> list[str]:
    """`mark text` of every text of today without translation; line breaks as \\n, plurals parted."""
    kept, found = catalogue(language), []
    for message in gather():
        one = kept.get(message[0] if isinstance(message, tuple) else message)
        if one is None or not _whole(one.string):
            text = PARTED.join(message) if isinstance(message, tuple) else message
            found.append(f"{mark(message)} {text!r}" if "\n" in text else f"{mark(message)} {text}")
    return found


def fill(language: str, lines: Iterable[str]) -> list[str]:
    """Take `mark translation` lines into the catalogue; returns what could not be taken, with the reason."""
    update(language)
    made = catalogue(language)
    known = {mark(message.id): message for message in made if message.id}
    odd = []
    for line in lines:
        name, _, text = line.rstrip("\n").partition(" ")
        message = known.get(name)
        if message is None or not text.strip():
            odd += [f"no such text: {line[:80]}"] if name else []
            continue
        text = text.strip().replace("\\n", "\n")
        if isinstance(message.id, tuple):
            forms = tuple(part.strip() for part in text.split(PARTED.strip()))
            forms = forms * plurals(language) if len(forms) == 1 else forms
            if len(forms) != plurals(language):
                odd.append(f"{plurals(language)} forms wanted: {line[:80]}")
                continue
            message.string = forms
        else:
            message.string = text
        wanted = set(PLACE.findall("".join(message.id)))
        if not set(PLACE.findall("".join(message.string))) <= wanted or (
            isinstance(message.id, str) and set(PLACE.findall(message.string)) != wanted
        ):
            odd.append(f"places differ: {line[:80]}")
            message.string = ("",) * plurals(language) if isinstance(message.id, tuple) else ""
    save(language, made)
    return odd


def compiled(language: str) -> bytes:
    """The .mo of the .po as it stands."""
    import io

    from babel.messages.mofile import write_mo

    made, out = catalogue(language), io.BytesIO()
    made.creation_date = made.revision_date = ALWAYS
    write_mo(out, made)
    return out.getvalue()


def main(arguments: list[str]) -> int:
    """Exit code 0 done, 1 something is missing, 2 wrong use."""
    sys.path.insert(0, str(PROJECT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xenia.site.settings")
    match arguments:
        case ["todo", language]:
            print("\n".join(todo(language)))
            return 0
        case ["fill", language, file]:
            odd = fill(language, Path(file).read_text(encoding="utf-8").splitlines())
            print("\n".join(odd))
            return 1 if odd else 0
        case ["update"]:
            for language in LANGUAGES:
                update(language)
        case ["compile"]:
            for language in LANGUAGES:
                mo(language).write_bytes(compiled(language))
        case ["missing"]:
            pass
        case _:
            print(__doc__)
            return 2
    missing = [f"{language}: {text}" for language in LANGUAGES for text in untranslated(language)]
    print("\n".join(missing))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
