"""Forms of the register pages: searching, and one form per register for entering and correcting a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from xenia.identity.forms import DateField, code_field
from xenia.registers import words
from xenia.registers.pages.faces import Face
from xenia.registers.words import Words

# Labels are typed loosely: Django's own lazy texts are of a private type.
Sections = tuple[tuple[Words, tuple[tuple[str, ...], ...]], ...]
SEX = (("", _("Not known")), ("F", _("F")), ("M", _("M")), ("X", _("X")))


def line(label: Any, most: int = 120, *, required: Any = "", hint: Any = "", code: bool = False) -> forms.CharField:
    """A text of one line. `required`: the words for where it is missing; none makes it optional."""
    attrs = {"autocomplete": "off"} | ({"class": "code", "spellcheck": "false"} if code else {})
    return forms.CharField(
        label=label,
        max_length=most,
        required=bool(required),
        help_text=hint,
        error_messages={"required": required} if required else {},
        widget=forms.TextInput(attrs=attrs),
    )


def area(label: Any, most: int = 2000, *, required: Any = "", hint: Any = "", rows: int = 3) -> forms.CharField:
    """A text of several lines."""
    return forms.CharField(
        label=label,
        max_length=most,
        required=bool(required),
        help_text=hint,
        error_messages={"required": required} if required else {},
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def choice(label: Any, codes: Mapping[str, Any], empty: Any, *, required: Any = "") -> forms.ChoiceField:
    """One of some codes."""
    return forms.ChoiceField(
        label=label,
        required=bool(required),
        choices=[("", empty), *codes.items()],
        error_messages={"required": required} if required else {},
    )


def posted(request: HttpRequest) -> Any:
    """What was sent, also where it is empty; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


class SearchForm(forms.Form):
    """What is looked for in one register. Sent as POST, so that no name stands in an address."""

    text = line(_("Name or number"), 240, required=_("Enter a name or a number"))
    state = code_field(_("Issued by"), required=False)
    birth = DateField(label=_("Birth date"), required=False)

    def __init__(self, face: Face, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        by_name = face.register.searches_names
        self.fields["text"].help_text = (
            _("Surname and given names in any script, a document number, or the number of the record")
            if by_name
            else _("Plate, chassis number, or the number of the record")
            if face.kind == "vehicle"
            else _("Number of the passport or sticker, or the number of the record")
            if face.kind == "visa"
            else _("Number of the document, or the number of the record")
        )
        if not by_name:
            self.fields["text"].label = _("Number")
            del self.fields["birth"]


class RecordForm(forms.Form):
    """What every form of a record ends with: why, and under which file. `sections`: headings with rows of field names."""

    sections: ClassVar[Sections] = ()
    why = area(
        _("Why"), required=_("Say why"), hint=_("The second person decides on this. It is kept with the proposal.")
    )
    file_reference = line(
        _("File or case"), 200, required=_("Name the file or case"), hint=_("Number of the file, order or request")
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.order_fields([name for _, rows in self.sections for row in rows for name in row])

    def body(self) -> dict[str, Any]:
        """The fields of the record that the form holds."""
        raise NotImplementedError

    @classmethod
    def initial_of(cls, body: Mapping[str, Any]) -> dict[str, Any]:
        """What the form shows at first for a record that is to be corrected."""
        return {name: body.get(name) or "" for name in cls.base_fields}

    def plain(self, *names: str) -> dict[str, Any]:
        """These fields as they were cleaned."""
        return {name: self.cleaned_data[name] for name in names}

    def laid_out(self) -> list[tuple[Words, list[list[forms.BoundField]]]]:
        """The fields by section and row, for the template."""
        last: Sections = ((_("The proposal"), (("why",), ("file_reference",))),)
        return [
            (heading, [[self[name] for name in row if name in self.fields] for row in rows])
            for heading, rows in (*self.sections, *last)
        ]

    def answers(self) -> list[tuple[Words, str, str]]:
        """Label, value and the field's id of everything that was filled in, to be checked before it is sent."""
        return [
            (self.fields[name].label or name, self._said(name), self[name].id_for_label)
            for name in self.fields
            if self._said(name)
        ]

    def _said(self, name: str) -> str:
        value, field = self.cleaned_data.get(name), self.fields[name]
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(str(value), value) if value else "")  # type: ignore[arg-type]
        if isinstance(field, forms.BooleanField):
            return str(_("yes")) if value else ""
        return str(value or "").upper() if isinstance(field, forms.RegexField) else str(value or "")


def state(label: Any, hint: Any = "", *, error: Any = "") -> forms.RegexField:
    """A state's code."""
    return code_field(label, hint, required=bool(error), error=error)


class PersonFields(forms.Form):
    """Whom a record is about."""

    surname = line(_("Surname"), required=_("Enter the surname"))
    given_names = line(_("Given names"))
    other_names = area(
        _("Other names or spellings"), 1000, hint=_("One to a line, in any script, surname first"), rows=2
    )
    birth_date = DateField(
        label=_("Birth date"),
        required=False,
        help_text=_("Day month year, for example 8 6 1991. Leave out what is not known: 6 1991, or 1991"),
    )
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=SEX)
    nationality = state(_("Nationality"), _("Code as printed, for example UTO"))
    documents = area(
        _("Documents"), 1000, hint=_("One to a line: type, issuing state, number. For example P UTO X1234567"), rows=2
    )

    def clean_documents(self) -> str:
        """Every line is a type, a state and a number."""
        for text in lines_of(self.cleaned_data["documents"]):
            if len(text.split()) != 3:
                raise forms.ValidationError(_("Write each document as type, issuing state, number"))
        return str(self.cleaned_data["documents"])

    def person(self) -> dict[str, Any]:
        """The fields of a person as a body holds them."""
        data = self.cleaned_data
        main = {"surname": data["surname"], "given_names": data["given_names"], "kind": "main"}
        others = [{"full": text, "kind": "alias"} for text in lines_of(data["other_names"])]
        papers = [text.upper().split() for text in lines_of(data["documents"])]
        return {
            "names": [main, *others],
            "birth_dates": [data["birth_date"]] if data["birth_date"] else [],
            "sex": data["sex"],
            "nationalities": [data["nationality"].upper()] if data["nationality"] else [],
            "documents": [{"type": kind, "issuing_state": one, "number": number} for kind, one, number in papers],
        }

    @staticmethod
    def initial_person(body: Mapping[str, Any]) -> dict[str, Any]:
        """A person's fields as the form shows them."""
        names, births = list(body.get("names") or ()), list(body.get("birth_dates") or ())
        main = names[0] if names else {}
        return {
            "surname": main.get("surname") or main.get("full") or "",
            "given_names": main.get("given_names") or "",
            "other_names": "\n".join(words.text("names", [one]) for one in names[1:]),
            "birth_date": births[0] if births else "",
            "nationality": next(iter(body.get("nationalities") or ()), ""),
            "sex": body.get("sex") or "",
            "documents": "\n".join(
                f"{one.get('type') or 'P'} {one.get('issuing_state', '')} {one.get('number', '')}"
                for one in body.get("documents") or ()
            ),
        }


def lines_of(text: str) -> list[str]:
    """The lines that hold something."""
    return [one.strip() for one in text.splitlines() if one.strip()]


PERSON_ROWS = (("surname", "given_names"), ("other_names",), ("birth_date",), ("sex", "nationality"), ("documents",))
GROUNDS = (("reason",), ("legal_basis",), ("proportionality",))


class GroundsFields(forms.Form):
    """Why a person or thing is searched for at all: recorded before entry (Regulation (EU) 2018/1862 Art. 21)."""

    reason = area(_("Reason"), required=_("Enter the reason"))
    legal_basis = line(_("Legal basis"), 200, required=_("Enter the legal basis"))
    proportionality = area(
        _("Why it is adequate, relevant and important enough"),
        required=_("Say why the case is important enough"),
    )


class ValidFields(forms.Form):
    """From when to when a record counts."""

    valid_from = DateField(label=_("Valid from"), required=False, whole=True)
    valid_until = DateField(label=_("Valid until"), required=False, whole=True)

    def clean(self) -> dict[str, Any]:
        """The validity runs forward."""
        data = super().clean() or self.cleaned_data
        if data.get("valid_from") and data.get("valid_until") and data["valid_until"] < data["valid_from"]:
            self.add_error("valid_until", _("The validity ends before it begins"))
        return data


def of(register: str) -> type[RecordForm]:
    """The form of a register's records."""
    from xenia.registers.pages import record_forms

    return record_forms.FORMS[register]


def territory_of(text: str) -> list[str]:
    """Codes of a territory, parted by spaces or commas."""
    return [one.upper() for one in text.replace(",", " ").split()]
