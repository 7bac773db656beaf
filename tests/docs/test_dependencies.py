import importlib.metadata
import re

from tests.docs.pages import PROJECT, page


def _asked_for(name):
    lines = (PROJECT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    return {re.split(r"[\[<>=~! ;]", line)[0].lower() for line in lines if line[:1].isalpha()}


def _locked(name):
    text = (PROJECT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return set(re.findall(r"^([A-Za-z0-9_.-]+)==", text, re.MULTILINE))


def test_every_package_has_its_reason_and_licence():
    named = {
        word.lower()
        for row in page("why/dependencies.md").text.splitlines()
        if row.startswith("| `")
        for word in re.findall(r"`([^`]+)`", row.split("|")[1])
    }
    assert named == _asked_for("base") | _asked_for("test") | _asked_for("bench") - {"-c"}


def test_no_gpl_or_agpl_is_shipped():
    found = []
    for name in _locked("base"):
        try:
            about = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system
        said = [about.get("License-Expression") or about.get("License") or "", *(about.get_all("Classifier") or [])]
        if re.search(r"(?<!L)\bA?GPL|GNU (Affero )?General Public", " ".join(said)):
            found.append(name)
    assert not found


def test_every_lock_pins_by_hash():
    for name in ("base", "test", "bench"):
        text = (PROJECT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        assert text.count("--hash=sha256:") >= len(_locked(name)) >= 5
        assert "://" not in text, "a lock must not name an index or an address"


def test_every_package_is_used():
    """By an import, or by name in the settings; those that others load for us are listed here."""
    silent = {"tzdata", "argon2-cffi"}  # zoneinfo; Django's password hashes
    modules = {
        "django-ninja": "ninja",
        "django-allauth": "allauth",
        "django-axes": "axes",
        "django-csp": "csp",
        "google-re2": "re2",
        "pillow": "PIL",
        "pyyaml": "yaml",
        "vl-convert-python": "vl_convert",
    }
    source = "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT / "src").rglob("*.py"))
    unused = {
        name
        for name in _asked_for("base") - silent
        if not re.search(
            rf"(?:import|from) {(module := modules.get(name, name.replace('-', '_')))}\b|\"{module}[.\"]", source
        )
    }
    assert not unused
