import re

import pytest

from tests.docs.pages import DOCS, PROJECT, anchors, page, pages


@pytest.mark.parametrize("document", pages(), ids=lambda page: page.name)
def test_every_link_leads_somewhere(document):
    dead = []
    for link in document.links():
        target, _, anchor = link.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        path = (document.path.parent / target).resolve() if target else document.path
        if not path.exists() or (anchor and anchor not in anchors(path.read_text(encoding="utf-8"))):
            dead.append(link)
    assert not dead


def test_every_page_of_the_shelves_is_named_on_the_first_page():
    named = {(DOCS / link.split("#")[0]).resolve() for link in page("README.md").links() if "://" not in link}
    assert not [
        str(path.relative_to(DOCS))
        for path in sorted(DOCS.rglob("*.md"))
        if path != DOCS / "README.md" and path not in named
    ]


@pytest.mark.parametrize("document", pages(), ids=lambda page: page.name)
def test_every_path_of_the_project_that_is_named_exists(document):
    named = set(re.findall(r"`((?:src|tests|docs|deploy|tools|requirements)/[\w./*-]+)`", document.text))
    assert not [path for path in named if not list(PROJECT.glob(path.rstrip("/")))]
