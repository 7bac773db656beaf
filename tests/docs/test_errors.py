import ast
import functools

from tests.docs.pages import PROJECT, page

SOURCE = PROJECT / "src" / "xenia"


def _trees():
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCE.rglob("*.py")}


def _name(node):
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


def _family(trees):
    """Every class that descends from XeniaError, with the code it carries itself."""
    classes = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    family, grew = {"XeniaError"}, True
    while grew:
        more = {node.name for node in classes if {_name(base) for base in node.bases} & family} - family
        family, grew = family | more, bool(more)
    return family, [node for node in classes if node.name in family]


@functools.cache
def _codes():
    """Each code with a place where it stands; a code that is not written out is listed as None."""
    trees = _trees()
    family, classes = _family(trees)
    found = {}
    for node in classes:
        for statement in node.body:
            if isinstance(statement, ast.Assign) and _name(statement.targets[0]) == "code":
                found[ast.literal_eval(statement.value)] = node.name
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and _name(node.func) in family):
                continue
            for keyword in node.keywords:
                if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                    found[keyword.value.value] = f"{path.relative_to(PROJECT)}:{node.lineno}"
    return found


def test_every_error_code_is_described_and_nothing_else():
    described, raised = set(page("reference/errors.md").headings(3)), _codes()
    assert {code: place for code, place in raised.items() if code not in described} == {}, "not described"
    assert described - set(raised) == set(), "described, but never raised"


def test_codes_are_plain_words():
    assert not [code for code in _codes() if not code.replace("-", "").isalnum() or code != code.lower()]
