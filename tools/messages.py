"""The texts of the interface and their Arabic: gather them, say what is missing, compile.

    .venv/bin/python tools/messages.py update     # src/xenia/site/locale/ar gets new texts, loses dead ones
    .venv/bin/python tools/messages.py missing    # prints texts that have no translation; exit code 1 if any
    .venv/bin/python tools/messages.py compile    # writes the .mo beside the .po

Gathers from Python (`_`, `gettext`, `ngettext`, ... and the two texts of Xenia's errors), from templates, and from
labels in data files. Needs Babel (requirements/test.in); running Xenia does not.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
SOURCE = PROJECT / "src" / "xenia"
PO = SOURCE / "site" / "locale" / "ar" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
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
    "registers/lists/child",
    "registers/lists/statement",
)
ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)  # so that the same texts make the same file
LABEL_KEYS = {"label", "detail", "first", "second"}

# Six plurals in gettext's usual order: none, one, two, 3 to 10, 11 to 99, hundreds.
HEADER = """# SPDX-License-Identifier: Apache-2.0
# Xenia in Arabic.
msgid ""
msgstr ""
"Project-Id-Version: Xenia\\n"
"Language: ar\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);\\n"
"""

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
        return _labels(json.loads(path.read_text(encoding="utf-8")))
    return ()


def _python(path: Path, *, errors: bool) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if called in ONE and texts:
            yield texts[0]
        elif called in MANY and len(texts) == 2:
            yield (texts[0], texts[1])
        elif called in ERRORS and errors:
            yield from texts[:2]


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


def _labels(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key in LABEL_KEYS and isinstance(value, str):
                yield value
            else:
                yield from _labels(value)
    elif isinstance(data, list):
        for value in data:
            yield from _labels(value)


def catalogue() -> Any:
    """The translations as they are kept, or an empty catalogue."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    if not PO.exists():
        return Catalog(locale="ar", project="Xenia", charset="utf-8")
    with PO.open("rb") as file:
        return read_po(file, locale="ar")


def update() -> None:
    """Bring the catalogue to the texts of today; translations of texts that are still there are kept."""
    from babel.messages.catalog import Catalog

    old = catalogue()
    new = Catalog(locale="ar", charset="utf-8", fuzzy=False)
    for message, places in sorted(gather().items(), key=lambda item: (item[1][0], str(item[0]))):
        kept = old.get(message[0] if isinstance(message, tuple) else message)
        same_shape = kept is not None and isinstance(kept.id, str) == isinstance(message, str)
        new.add(message, kept.string if same_shape else None, locations=[(places[0], 0)])
    save(new)


def save(catalogue: Any) -> None:
    """Write the catalogue, without what changes at every run: line numbers, dates, names of tools."""
    from babel.messages.pofile import write_po

    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalogue, include_lineno=False, width=0)
    text = PO.read_text(encoding="utf-8")
    PO.write_text(HEADER + text[text.index("\n\n") :], encoding="utf-8")


def untranslated() -> list[str]:
    """Texts without Arabic, and texts in the catalogue that no page has any more."""
    kept = {
        message.id[0] if isinstance(message.id, tuple) else message.id: message for message in catalogue() if message.id
    }
    wanted = {message[0] if isinstance(message, tuple) else message for message in gather()}
    missing = sorted(text for text in wanted if text not in kept or not _whole(kept[text].string))
    return missing + sorted(f"(dead) {text}" for text in kept if text not in wanted)


def _whole(translation: Any) -> bool:
    return all(translation) if isinstance(translation, (tuple, list)) else bool(translation)


def compiled() -> bytes:
    """The .mo of the .po as it stands."""
    import io

    from babel.messages.mofile import write_mo

    made, out = catalogue(), io.BytesIO()
    made.creation_date = made.revision_date = ALWAYS
    write_mo(out, made)
    return out.getvalue()


def main(arguments: list[str]) -> int:
    """Exit code 0 done, 1 something is missing, 2 wrong use."""
    sys.path.insert(0, str(PROJECT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xenia.site.settings")
    if arguments == ["update"]:
        update()
    elif arguments == ["compile"]:
        MO.write_bytes(compiled())
    elif arguments != ["missing"]:
        print(__doc__)
        return 2
    missing = untranslated()
    print("\n".join(missing))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
