"""What a procedure folder says, as values that nothing can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from xenia.cases.definition.conditions import Condition
from xenia.cases.definition.terms import Length
from xenia.errors import BadInput

By = Literal["person", "clock", "receipt", "message", "border"]
ACTORS: tuple[str, ...] = ("person", "clock", "receipt", "message", "border")
CONFIDENCE: tuple[str, ...] = ("read", "2nd", "memory", "calc", "design")


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with a folder. `file`: relative to it; `line`: 1-based, 0 for the whole file.

    `code`: stable word (docs/reference/procedures.md lists them); `remedy`: one sentence, what to write instead.
    """

    file: str
    line: int
    code: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} {self.remedy} ({self.code})"


class Faulty(BadInput):
    """The folder has faults; `faults` has at least one."""

    code = "procedure-faulty"

    def __init__(self, folder: str, faults: tuple[Fault, ...]) -> None:
        first = faults[0]
        more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
        super().__init__(
            f"The procedure {folder} has faults: {first.file}:{first.line}: {first.what}{more}",
            f"{first.remedy} See all with: xenia procedures check",
        )
        self.faults = faults


@dataclass(frozen=True)
class State:
    """`final`: nothing is owed any more; retention starts."""

    name: str
    final: bool = False


@dataclass(frozen=True)
class Action:
    """One way to change a case. `from_` empty: opens a case; `to` empty: the state stays.

    `by`: who does it. `of`: for receipts, the message they answer. `late`: states in which it is still written down,
    though it no longer moves the case. `results`: state -> result, `"*"` for any. `value`: what it decides.
    `aside`: a way out or an exception (withdraw, revoke, claim an error), never offered as the next step. `under`: states of
    a main case under which it opens the case of a family member.
    """

    name: str
    from_: tuple[str, ...] = ()
    to: str = ""
    by: str = "person"
    role: str = ""
    side: str = ""
    four_eyes: bool = False
    form: str = ""
    decision: str = ""
    value: str = ""
    message: str = ""
    of: str = ""
    late: tuple[str, ...] = ()
    aside: bool = False
    letter: str = ""
    results: Mapping[str, str] = field(default_factory=dict)
    when: Condition | None = None
    under: tuple[str, ...] = ()

    @property
    def opens(self) -> bool:
        """Does it open a case?"""
        return not self.from_

    @property
    def result(self) -> str:
        """The one result whatever the state; `""` where there is none or it depends on the state."""
        return self.results.get("*", "")

    def result_in(self, state: str) -> str:
        """The result it gives a case that is in `state`; `""`: none."""
        return self.results.get(state) or self.results.get("*", "")


@dataclass(frozen=True)
class OlderSchema:
    """How an older version of a message was said: still taken, and still said to who reads no newer one."""

    version: int
    schema: Mapping[str, Any]
    path: str


@dataclass(frozen=True)
class MessageType:
    """`schema`: JSON Schema 2020-12, closed. `path`: its file in the folder. `opens`: it opens a case over there.

    `older`: the versions before, newest first.
    """

    name: str
    schema: Mapping[str, Any]
    path: str
    version: int = 1
    opens: bool = False
    older: tuple[OlderSchema, ...] = ()

    @property
    def versions(self) -> tuple[int, ...]:
        """Every version that is spoken, newest first."""
        return (self.version, *(one.version for one in self.older))

    def schema_of(self, version: int) -> Mapping[str, Any] | None:
        """The schema of that version; None where it is not spoken."""
        if version == self.version:
            return self.schema
        return next((one.schema for one in self.older if one.version == version), None)


@dataclass(frozen=True)
class LengthSource:
    """Either a length of its own or the name of a profile's value."""

    length: Length | None = None
    profile: str = ""


@dataclass(frozen=True)
class Extension:
    """`by`: the action that extends; `times`: at most so often."""

    by: str
    length: LengthSource
    times: int = 1


@dataclass(frozen=True)
class Suspension:
    """The clock stands from an action of `by` until one of `resume`, where `if_` holds."""

    by: tuple[str, ...]
    resume: tuple[str, ...]
    if_: Condition | None = None


@dataclass(frozen=True)
class Expiry:
    """What the clock does when the deadline passes: `action` where `if_` holds, else a work item.

    `later`: where it passed in a state that does not allow the action, the clock does it once a state does and this holds.
    """

    action: str = ""
    if_: Condition | None = None
    later: Condition | None = None


@dataclass(frozen=True)
class DeadlineRule:
    """One time limit. `acts`: the side whose calendar counts (`""`: the authority that has the case).

    `backwards_from`: path to a date; then the limit is the last day allowed before it and `starts` says when it is set.
    `counted_from`: path to the date that counts as the day of the event; else that of the starting action.
    """

    name: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    length: LengthSource
    acts: str = ""
    when: Condition | None = None
    extend: Extension | None = None
    suspend: Suspension | None = None
    backwards_from: str = ""
    counted_from: str = ""
    on_expiry: Expiry | None = None
    warn: LengthSource | None = None
    rule: str = ""
    rule_profile: str = ""


@dataclass(frozen=True)
class Decision:
    """`reasons`: code -> key of its text. `appeal`: how long one may appeal, None where there is no appeal."""

    name: str
    values: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    reason_required_for: tuple[str, ...] = ()
    appeal: LengthSource | None = None


@dataclass(frozen=True)
class Result:
    """`retain`: how long a closed case is kept; `then`: `anonymise` or `delete`."""

    name: str
    retain: Length
    then: str = "delete"


@dataclass(frozen=True)
class Letter:
    """`template`: Typst file in the folder."""

    name: str
    template: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class DocumentKind:
    """A kind of attachment. `required_at`: states that cannot be reached without it. `picture`: nothing else is taken."""

    name: str
    required_at: tuple[str, ...] = ()
    evidence: str = ""
    picture: bool = False


@dataclass(frozen=True)
class Value:
    """One value of a profile with its origin. `value` None: there is no such rule."""

    value: Any
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True)
class Profile:
    """One agreement. `states`: ICAO codes of its parties."""

    id: str
    title: str
    legal_basis: str
    states: tuple[str, ...]
    values: Mapping[str, Value]

    def value(self, key: str) -> Any:
        """What the agreement says under `key`; None where it says nothing."""
        found = self.values.get(key)
        return None if found is None else found.value

    def facts(self) -> dict[str, Any]:
        """All values, for conditions."""
        return {key: one.value for key, one in self.values.items()}


@dataclass(frozen=True)
class Procedure:
    """One version of one procedure. `hash`: SHA-256 over its files but the worked cases, in hexadecimal."""

    id: str
    version: int
    hash: str
    folder: Path
    purpose: str
    legal_basis: str
    confidentiality: str
    languages: tuple[str, ...]
    sides: tuple[str, ...]
    owner_kinds: tuple[str, ...]
    roles: Mapping[str, tuple[str, ...]]
    states: Mapping[str, State]
    actions: Mapping[str, Action]
    messages: Mapping[str, MessageType]
    forms: Mapping[str, dict[str, Any]]
    deadlines: Mapping[str, DeadlineRule]
    decisions: Mapping[str, Decision]
    results: Mapping[str, Result]
    dedup: Mapping[str, Any]
    letters: Mapping[str, Letter]
    documents: Mapping[str, DocumentKind]
    profiles: Mapping[str, Profile]
    checks: tuple[str, ...]
    stats: Mapping[str, Any]
    texts: Mapping[str, Mapping[str, str]]

    def text(self, key: str, language: str = "en") -> str:
        """The text of `key` in `language`, else in English, else in any language, else the key itself."""
        for one in (language, language.split("-")[0], "en", *self.languages):
            found = self.texts.get(one, {}).get(key)
            if found is not None:
                return found
        return key

    def opening(self, side: str = "") -> tuple[Action, ...]:
        """The actions that open a case; of `side` where one is named."""
        return tuple(a for a in self.actions.values() if a.opens and (not side or a.side in ("", side)))

    def from_state(self, state: str) -> tuple[Action, ...]:
        """The actions possible in `state`, late ones not among them."""
        return tuple(action for action in self.actions.values() if state in action.from_)

    def resting(self) -> tuple[str, ...]:
        """The states in which a case is still open."""
        return tuple(name for name, state in self.states.items() if not state.final)

    def with_message(self, message: str) -> Action | None:
        """The action that sends `message` here and arrives by it over there."""
        return next((a for a in self.actions.values() if a.message == message), None)

    def length(self, source: LengthSource | None, profile: Profile | None) -> Length | None:
        """The length meant by `source`; None where the agreement has no such rule."""
        if source is None:
            return None
        if source.length is not None:
            return source.length
        said = profile.value(source.profile) if profile else None
        return None if said is None else Length.parse(str(said))

    def source(self, rule: DeadlineRule, profile: Profile | None) -> str:
        """Where the rule is written: law or agreement, with how sure we are of it."""
        key = rule.rule_profile or (rule.length.profile if not rule.rule else "")
        found = profile.values.get(key) if profile and key else None
        if found is None:
            return rule.rule
        return f"{found.source} ({found.confidence})" if found.confidence else found.source
