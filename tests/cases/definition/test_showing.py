"""The diagram, the page for users and the commands."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cases.definition import small
from xenia.cases.commands import COMMANDS
from xenia.cases.definition import check, load
from xenia.cases.definition.draw import draw, layers
from xenia.cases.definition.page import page
from xenia.cases.definition.scaffold import scaffold
from xenia.commands import Call
from xenia.errors import BadInput, Conflict, NotFound

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = 'state.sent: "</text><script>alert(1)</script>"'


def run(name: str, *arguments: str) -> tuple[int, str, str]:
    command = next(one for one in COMMANDS if one.name == name)
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    call = Call(parser.parse_args(arguments), io.BytesIO(), io.StringIO(), io.StringIO())
    code = command.run(call)
    return code, call.out.getvalue(), call.err.getvalue()  # type: ignore[attr-defined]


def test_the_diagram_shows_every_state_and_action(tmp_path: Path) -> None:
    procedure = load(small.write(tmp_path))
    tree = ElementTree.fromstring(draw(procedure))
    said = " ".join(tree.itertext())
    for state in procedure.states:
        assert procedure.text(f"state.{state}") in said
    for action in procedure.actions.values():
        assert action.opens or procedure.text(f"action.{action.name}") in said
    assert layers(procedure)[0] == ["draft"] and "closed" in layers(procedure)[-1]


def test_the_diagram_escapes_and_has_no_script_or_style(tmp_path: Path) -> None:
    procedure = load(small.write(tmp_path, ("locale/en.yaml", "state.sent: Sent", HOSTILE)))
    tags = {one.tag.removeprefix(SVG) for one in ElementTree.fromstring(draw(procedure)).iter()}
    assert tags <= {"svg", "title", "defs", "marker", "path", "rect", "text", "circle"}
    assert "style=" not in draw(procedure)


def test_no_card_lies_on_another(tmp_path: Path) -> None:
    tree = ElementTree.fromstring(draw(load(small.write(tmp_path))))
    boxes = [tuple(float(one.get(key, 0)) for key in ("x", "y", "width", "height")) for one in tree.iter(f"{SVG}rect")]
    outer = [one for one in boxes if one[2] == 290]
    for number, (x, y, width, height) in enumerate(outer):
        for x2, y2, _, height2 in outer[number + 1 :]:
            assert x2 >= x + width or x >= x2 + width or y2 >= y + height or y >= y2 + height2


def test_the_page_names_limits_with_their_sources(tmp_path: Path) -> None:
    text = page(load(small.write(tmp_path, ("locale/en.yaml", "state.sent: Sent", 'state.sent: "a|b <b>"'))))
    assert (
        "| Reply | Arrives | Agree, Withdraw, Counts as agreed | agreement: reply\\_normal | Counts as agreed |" in text
    )
    assert "| reply\\_normal | 15 calendar days | Article 2 | read |" in text
    assert "a\\|b \\<b\\>" in text
    assert "two persons" in text


def test_a_new_procedure_passes_as_it_is(tmp_path: Path) -> None:
    code, out, _ = run("procedures new", "work-permit", "--into", str(tmp_path))
    folder = Path(json.loads(out)["folder"])
    assert code == 0 and check(folder) == ()
    assert load(folder).text("procedure") == "Work permit"
    with pytest.raises(Conflict):
        scaffold("work-permit", tmp_path)
    with pytest.raises(BadInput):
        scaffold("../escape", tmp_path)


def test_check_prints_file_line_and_remedy_and_fails(tmp_path: Path) -> None:
    folder = small.write(tmp_path, ("procedure.yaml", "role: lead, side: asking", "role: boss, side: asking"))
    code, out, err = run("procedures check", str(folder))
    assert code == 1 and out.startswith(f"{folder}/procedure.yaml:21: There is no role “boss”.")
    assert "Known are: officer, lead." in out and "[unknown-role]" in out and "visit: 1 fault\n" in err
    code, out, _ = run("procedures check", "--json", str(folder))
    assert code == 1 and json.loads(out)["line"] == 21


def test_check_of_a_good_folder(tmp_path: Path) -> None:
    assert run("procedures check", str(small.write(tmp_path))) == (0, "", "visit: no fault\n")


def test_check_by_name() -> None:
    assert run("procedures check", "readmission-transit") == (0, "", "readmission-transit: no fault\n")
    code, out, _ = run("procedures check", "nothing-of-the-kind")
    assert code == 1 and "[file-missing]" in out


def test_draw_by_folder_and_by_name(tmp_path: Path) -> None:
    folder = small.write(tmp_path)
    assert run("procedures draw", str(folder))[1].startswith("<svg")
    assert run("procedures draw", "--page", str(folder))[1].startswith("# Visit")
    with pytest.raises(NotFound):
        run("procedures draw", "nothing-of-the-kind")
