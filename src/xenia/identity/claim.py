"""What a source says about a person: names in several scripts, partial dates, documents. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from xenia.formats.dates import PartialDate
from xenia.matching import Claim


@dataclass(frozen=True)
class Name:
    """One name as written. `full` where the source does not part surname and given names; `script`: ISO 15924 or empty."""

    surname: str = ""
    given_names: str = ""
    full: str = ""
    script: str = ""
    kind: str = "main"

    @property
    def whole(self) -> str:
        """The name in one line, surname first."""
        return self.full or f"{self.surname} {self.given_names}".strip()


@dataclass(frozen=True)
class Document:
    """A document as claimed. `issuing_state`: ICAO three-letter code; dates ISO, unknown parts left out."""

    type: str
    issuing_state: str
    number: str
    expiry_date: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claimed:
    """All that one source said. `sex`: M, F, X or empty; `nationality`: ICAO code or empty."""

    names: tuple[Name, ...]
    birth_date: PartialDate | None = None
    sex: str = ""
    nationality: str = ""
    documents: tuple[Document, ...] = field(default=())

    def main_name(self) -> Name:
        """The name that stands first."""
        return self.names[0] if self.names else Name()

    def for_matching(self) -> Claim:
        """The same claim as the matching room compares it."""
        main, others = self.main_name(), self.names[1:]
        return Claim(
            surname=main.surname,
            given_names=main.given_names,
            names=tuple(n.whole for n in others if n.whole) + ((main.full,) if main.full else ()),
            birth=self.birth_date,
            sex=self.sex or None,  # type: ignore[arg-type]
            nationalities=frozenset({self.nationality} if self.nationality else ()),
        )

    def whole_names(self) -> tuple[str, ...]:
        """Every name in one line each, for keys."""
        return tuple(n.whole for n in self.names if n.whole)

    def to_json(self) -> dict[str, Any]:
        """A plain form that `from_json` reads back."""
        return {
            "names": [asdict(n) for n in self.names],
            "birth_date": self.birth_date.iso() if self.birth_date else "",
            "sex": self.sex,
            "nationality": self.nationality,
            "documents": [asdict(d) | {"lines": list(d.lines)} for d in self.documents],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Claimed:
        """The claim that `to_json` wrote."""
        return cls(
            names=tuple(Name(**n) for n in data["names"]),
            birth_date=PartialDate.parse(data["birth_date"]) if data["birth_date"] else None,
            sex=data["sex"],
            nationality=data["nationality"],
            documents=tuple(Document(**{**d, "lines": tuple(d["lines"])}) for d in data["documents"]),
        )
