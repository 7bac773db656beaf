"""From the files of a folder to a `Procedure`: what each section may say, and what it means."""

from __future__ import annotations

import hashlib
from typing import Any

from xenia.cases.definition import model
from xenia.cases.definition.older import older_schemas
from xenia.cases.definition.reader import KEY, NAME, Reader
from xenia.cases.definition.source import Place
from xenia.cases.definition.terms import BadLength, Length

TOP = (
    "id version purpose legal_basis confidentiality languages sides owner_kinds roles states actions messages forms "
    "deadlines decisions results dedup letters documents profiles stats checks"
).split()
ACTION_KEYS = (
    "from to by role side four_eyes form decision value message of late aside letter result when under".split()
)
CONFIDENTIALITY = ("open", "internal", "restricted", "secret")


def build(reader: Reader) -> model.Procedure:
    """The procedure as far as it can be read; faults go to the reader."""
    raw = reader.source.value
    reader.only(raw, TOP)
    forms = _forms(reader)
    reader.roots = tuple(forms)
    languages = reader.words(raw.get("languages"), "languages") or ("en",)
    return model.Procedure(
        id=_id(reader),
        version=_version(reader),
        hash=folder_hash(reader),
        folder=reader.folder.path,
        purpose=_required(reader, "purpose", "Name a purpose of the policy, for example: purpose: readmission."),
        legal_basis=_required(reader, "legal_basis", "Name the law and article, or write: legal_basis: profile."),
        confidentiality=_confidentiality(reader),
        languages=languages,
        sides=reader.words(raw.get("sides"), "sides"),
        owner_kinds=reader.words(raw.get("owner_kinds"), "owner_kinds"),
        roles={
            name: reader.words(words, "roles", name) for name, words in reader.section("roles", needed=True).items()
        },
        states=reader.each("states", lambda name, raw, place: _state(reader, name, raw, place), needed=True),
        actions=reader.each("actions", lambda name, raw, place: _action(reader, name, raw, place), needed=True),
        messages=reader.each("messages", lambda name, raw, place: _message(reader, name, raw, place)),
        forms=forms,
        deadlines=reader.each("deadlines", lambda name, raw, place: _deadline(reader, name, raw, place)),
        decisions=reader.each("decisions", lambda name, raw, place: _decision(reader, name, raw, place)),
        results=reader.each("results", lambda name, raw, place: _result(reader, name, raw, place)),
        dedup=reader.section("dedup"),
        letters=reader.each("letters", lambda name, raw, place: _letter(reader, name, raw, place)),
        documents=reader.each("documents", lambda name, raw, place: _document(reader, name, raw, place)),
        profiles=_profiles(reader),
        checks=reader.words(raw.get("checks"), "checks"),
        stats=reader.section("stats"),
        texts=_texts(reader, languages),
    )


def folder_hash(reader: Reader) -> str:
    """SHA-256 over names and contents of all files but the worked cases, in the order of their names."""
    digest = hashlib.sha256()
    for name in reader.folder.names():
        if not name.startswith("cases/"):
            content = reader.folder.content(name)
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _id(reader: Reader) -> str:
    found = reader.source.value.get("id")
    if not isinstance(found, str) or not NAME.fullmatch(found):
        remedy = "Write for example: id: short-stay-visa (small letters, digits, hyphens)."
        reader.fault("id", "the procedure has no id that is a name", remedy, "id")
        return ""
    if found != reader.folder.path.name:
        remedy = f"Write id: {reader.folder.path.name}, or rename the folder."
        reader.fault("id", f"the id {found} is not the folder's name", remedy, "id")
    return found


def _version(reader: Reader) -> int:
    found = reader.source.value.get("version")
    if found is None:
        reader.fault("version", "the version is missing", "Write: version: 1.", "version")
        return 1
    return reader.number(found, 1, 1, 9999, "version")


def _required(reader: Reader, key: str, remedy: str) -> str:
    found = reader.text(reader.source.value.get(key), key)
    if not found.strip():
        reader.fault("section-missing", f"“{key}” is missing", remedy, key)
    return found


def _confidentiality(reader: Reader) -> str:
    found = reader.text(reader.source.value.get("confidentiality"), "confidentiality", default="internal")
    if found not in CONFIDENTIALITY:
        remedy = f"Write one of {', '.join(CONFIDENTIALITY)}."
        reader.fault("confidentiality", f"“{found}” is no confidentiality", remedy, "confidentiality")
    return found


def _state(reader: Reader, name: str, raw: dict[str, Any], place: Place) -> model.State:
    reader.only(raw, ("final",), *place)
    return model.State(name, reader.flag(raw.get("final"), *place, "final"))


def _action(reader: Reader, name: str, raw: dict[str, Any], place: Place) -> model.Action:
    reader.only(raw, ACTION_KEYS, *place)

    def text(key: str, default: str = "") -> str:
        return reader.text(raw.get(key), *place, key, default=default)

    to = text("to")
    decision = text("decision")
    return model.Action(
        name=name,
        from_=reader.words(raw.get("from"), *place, "from"),
        to=to,
        by=text("by", "person"),
        role=text("role"),
        side=text("side"),
        four_eyes=reader.flag(raw.get("four_eyes"), *place, "four_eyes"),
        form=text("form"),
        decision=decision,
        value=text("value") or (_decided(reader, decision, name, to) if decision else ""),
        message=text("message"),
        of=text("of"),
        late=reader.words(raw.get("late"), *place, "late"),
        aside=reader.flag(raw.get("aside"), *place, "aside"),
        letter=text("letter"),
        results=_results_of(reader, raw.get("result"), *place, "result"),
        when=reader.condition(raw.get("when"), *place, "when"),
        under=reader.words(raw.get("under"), *place, "under"),
    )


def _decided(reader: Reader, decision: str, name: str, to: str) -> str:
    """What an action decides unless it says so itself: the state it leads to, or its own name."""
    values = reader.section("decisions").get(decision)
    known = values.get("values") if isinstance(values, dict) else None
    return to if not isinstance(known, list) or to in known else name


def _results_of(reader: Reader, raw: Any, *place: str | int) -> dict[str, str]:
    if raw is None:
        return {}
    if isinstance(raw, str):
        return {"*": raw}
    return {state: reader.text(one, *place, state) for state, one in reader.table(raw, *place).items()}


def _message(reader: Reader, name: str, raw: dict[str, Any], place: Place) -> model.MessageType | None:
    reader.only(raw, ("schema", "version", "opens"), *place)
    path = reader.text(raw.get("schema"), *place, "schema")
    if not path:
        remedy = f"Write: schema: messages/{name}.json."
        reader.fault("schema-missing", f"the message {name} has no schema", remedy, *place)
        return None
    source = reader.read(path, dict, *place, "schema")
    if source is None:
        return None
    version = reader.number(raw.get("version"), 1, 1, 9999, *place, "version")
    opens = reader.flag(raw.get("opens"), *place, "opens")
    return model.MessageType(name, source.value, path, version, opens, older_schemas(reader, name, version))


def _forms(reader: Reader) -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    for name, path in reader.section("forms").items():
        if not KEY.fullmatch(name) or name in ("case", "profile"):
            remedy = "Use small letters, digits and underscores; not case or profile."
            reader.fault("name", f"“{name}” is no name for a form", remedy, "forms", name)
            continue
        source = reader.read(reader.text(path, "forms", name), dict, "forms", name)
        if source is not None:
            made[name] = source.value
    return made


def _deadline(reader: Reader, name: str, raw: dict[str, Any], place: Place) -> model.DeadlineRule | None:
    reader.only(
        raw,
        "starts stops acts length when extend suspend backwards_from counted_from on_expiry warn rule".split(),
        *place,
    )
    if raw.get("length") is None:
        remedy = "Write: length: 15 calendar days, or length: {profile: name}."
        reader.fault("length", f"the deadline {name} has no length", remedy, *place)
        return None
    length = reader.length(raw["length"], *place, "length")
    rule = raw.get("rule")
    named = isinstance(rule, dict) and isinstance(rule.get("profile"), str)
    if length is None:
        return None
    return model.DeadlineRule(
        name=name,
        starts=reader.words(raw.get("starts"), *place, "starts"),
        stops=reader.words(raw.get("stops"), *place, "stops"),
        length=length,
        acts=reader.text(raw.get("acts"), *place, "acts"),
        when=reader.condition(raw.get("when"), *place, "when"),
        extend=_extension(reader, raw.get("extend"), *place, "extend"),
        suspend=_suspension(reader, raw.get("suspend"), *place, "suspend"),
        backwards_from=reader.text(raw.get("backwards_from"), *place, "backwards_from"),
        counted_from=reader.text(raw.get("counted_from"), *place, "counted_from"),
        on_expiry=_expiry(reader, raw.get("on_expiry"), *place, "on_expiry"),
        warn=reader.length(raw["warn"], *place, "warn") if raw.get("warn") is not None else None,
        rule="" if named else reader.text(rule, *place, "rule"),
        rule_profile=rule["profile"] if named and isinstance(rule, dict) else "",
    )


def _extension(reader: Reader, raw: Any, *place: str | int) -> model.Extension | None:
    if raw is None:
        return None
    table = reader.table(raw, *place)
    reader.only(table, ("by", "length", "times"), *place)
    length = reader.length(table.get("length"), *place, "length")
    if length is None:
        return None
    times = reader.number(table.get("times"), 1, 1, 99, *place, "times")
    return model.Extension(reader.text(table.get("by"), *place, "by"), length, times)


def _suspension(reader: Reader, raw: Any, *place: str | int) -> model.Suspension | None:
    if raw is None:
        return None
    table = reader.table(raw, *place)
    reader.only(table, ("by", "resume", "if"), *place)
    by, resume = (reader.words(table.get(key), *place, key) for key in ("by", "resume"))
    return model.Suspension(by, resume, reader.condition(table.get("if"), *place, "if"))


def _expiry(reader: Reader, raw: Any, *place: str | int) -> model.Expiry | None:
    if raw is None:
        return None
    if isinstance(raw, str):
        return model.Expiry(raw)
    table = reader.table(raw, *place)
    reader.only(table, ("action", "if", "later"), *place)
    return model.Expiry(
        reader.text(table.get("action"), *place, "action"),
        reader.condition(table.get("if"), *place, "if"),
        reader.condition(table.get("later"), *place, "later"),
    )


def _decision(reader: Reader, name: str, raw: dict[str, Any], place: Place) -> model.Decision:
    reader.only(raw, ("values", "reasons", "reason_required_for", "appeal"), *place)
    appeal = raw.get("appeal")
    if isinstance(appeal, dict) and "length" in appeal:
        reader.only(appeal, ("length", "to"), *place, "appeal")
        appeal = appeal["length"]
    return model.Decision(
        name,
        reader.words(raw.get("values"), *place, "values"),
        _reasons(reader, raw.get("reasons"), *place, "reasons"),
        reader.words(raw.get("reason_required_for"), *place, "reason_required_for"),
        reader.length(appeal, *place, "appeal") if appeal is not None else None,
    )


def _reasons(reader: Reader, raw: Any, *place: str | int) -> tuple[str, ...]:
    """Codes of a list, or of a file that holds a list or a table under `reasons`."""
    if raw is None or isinstance(raw, list):
        return reader.words(raw, *place)
    source = reader.read(reader.text(raw, *place), object, *place)
    if source is None:
        return ()
    value = source.value
    if isinstance(value, dict):
        value = value.get("reasons", list(value))
    codes = [str(one.get("code", "")) if isinstance(one, dict) else str(one) for one in value or ()]
    if not codes or not all(NAME.fullmatch(one) for one in codes):
        reader.faults.append(source.fault("reasons", "this is no list of reason codes", "Write “- code” lines."))
        return ()
    return tuple(dict.fromkeys(codes))


def _result(reader: Reader, name: str, raw: dict[str, Any], place: Place) -> model.Result | None:
    reader.only(raw, ("retain", "then"), *place)
    then = reader.text(raw.get("then"), *place, "then", default="delete")
    if then not in ("delete", "anonymise"):
        reader.fault("retention", f"“{then}” is not done to a case", "Write anonymise or delete.", *place, "then")
    try:
        return model.Result(name, Length.parse(raw.get("retain") or ""), then)
    except BadLength:
        remedy = "Write for example: retain: 5 years."
        reader.fault("retention", f"the result {name} says not how long its case is kept", remedy, *place)
        return None


def _letter(reader: Reader, name: str, raw: dict[str, Any], place: Place) -> model.Letter | None:
    reader.only(raw, ("template", "languages"), *place)
    template = reader.text(raw.get("template"), *place, "template")
    if not template or template not in reader.folder.names():
        remedy = f"Add the file, for example letters/{name}.typ, and name it."
        reader.fault("letter-template", f"the letter {name} has no template “{template}”", remedy, *place, "template")
        return None
    return model.Letter(name, template, reader.words(raw.get("languages"), *place, "languages") or ("en",))


def _document(reader: Reader, name: str, raw: dict[str, Any], place: Place) -> model.DocumentKind:
    reader.only(raw, ("required_at", "evidence", "label", "picture"), *place)
    required = reader.words(raw.get("required_at"), *place, "required_at")
    evidence = reader.text(raw.get("evidence"), *place, "evidence")
    return model.DocumentKind(name, required, evidence, reader.flag(raw.get("picture"), *place, "picture"))


def _profiles(reader: Reader) -> dict[str, model.Profile]:
    made: dict[str, model.Profile] = {}
    for name in reader.folder.names():
        if not (name.startswith("profiles/") and name.endswith(".yaml")):
            continue
        source = reader.read(name, dict)
        if source is None:
            continue
        inner = Reader(reader.folder, source, reader.roots)
        profile = _profile(inner, name)
        reader.faults.extend(inner.faults)
        if profile.id in made:
            reader.faults.append(source.fault("profile-id", f"{profile.id} is already taken", "Choose another.", "id"))
        made[profile.id] = profile
    return made


def _profile(reader: Reader, name: str) -> model.Profile:
    raw = reader.source.value
    reader.only(raw, ("id", "title", "legal_basis", "states", "values", "note"))
    stem = name.removeprefix("profiles/").removesuffix(".yaml")
    found = reader.text(raw.get("id"), "id")
    if found != stem:
        reader.fault("profile-id", f"the profile's id “{found}” is not its file's name", f"Write: id: {stem}.", "id")
    values: dict[str, model.Value] = {}
    for key, one in reader.section("values").items():
        place = ("values", key)
        if not isinstance(one, dict):
            values[key] = model.Value(one)
            if one is not None:
                remedy = "Write: {value: …, source: …, confidence: read}."
                reader.fault("profile-source", f"“{key}” has no source", remedy, *place)
            continue
        reader.only(one, ("value", "source", "confidence", "note"), *place)
        source = reader.text(one.get("source"), *place, "source")
        confidence = reader.text(one.get("confidence"), *place, "confidence")
        if one.get("value") is not None and (not source or confidence not in model.CONFIDENCE):
            remedy = f"Add source: (treaty and article) and confidence: one of {', '.join(model.CONFIDENCE)}."
            reader.fault("profile-source", f"“{key}” says not where it is written or how sure that is", remedy, *place)
        values[key] = model.Value(one.get("value"), source, confidence)
    title, basis = (reader.text(raw.get(key), key) for key in ("title", "legal_basis"))
    return model.Profile(stem, title, basis, reader.words(raw.get("states"), "states"), values)


def _texts(reader: Reader, languages: tuple[str, ...]) -> dict[str, dict[str, str]]:
    made: dict[str, dict[str, str]] = {}
    for language in languages:
        source = reader.read(f"locale/{language}.yaml", dict, "languages")
        if source is None:
            continue
        made[language] = {}
        for key, value in source.value.items():
            if isinstance(value, str) and value.strip():
                made[language][key] = value
            else:
                remedy = "Write the text in quotes; keys are not nested."
                reader.faults.append(source.fault("text", f"“{key}” has no text", remedy, key))
    return made
