"""The form of each register's records, in the order in which an officer fills it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from xenia.formats.lists.records import VISA_MOST_DAYS
from xenia.identity.forms import DateField
from xenia.registers import words
from xenia.registers.alerts.forms import AlertForm
from xenia.registers.notices.register import meanings as notice_meanings
from xenia.registers.pages.forms import (
    GROUNDS,
    PERSON_ROWS,
    GroundsFields,
    PersonFields,
    RecordForm,
    Sections,
    ValidFields,
    area,
    choice,
    line,
    state,
    territory_of,
)
from xenia.registers.vehicles.register import meanings as vehicle_meanings

VALID = ("valid_from", "valid_until")


class VisaForm(RecordForm, PersonFields, ValidFields):
    """A visa or residence permit."""

    sections: ClassVar[Sections] = (
        (_("The sticker"), (("type",), ("sticker_number", "issuing_state"), ("issuing_authority",), ("issued_on",))),
        (_("The holder"), PERSON_ROWS),
        (_("What it allows"), (VALID, ("entries", "days"), ("territory",), ("ltv",), ("status",), ("remarks",))),
    )
    type = choice(_("Type"), words.VISA_TYPES, _("Choose a type"), required=_("Choose the type"))
    sticker_number = line(_("Sticker number"), 32, required=_("Enter the number of the sticker"), code=True)
    issuing_state = state(_("Issued by"), error=_("Enter the state that issued it"))
    issuing_authority = line(_("Issuing authority"), required=_("Enter the authority that issued it"))
    issued_on = DateField(label=_("Issued on"), required=False, whole=True)
    valid_from = DateField(label=_("Valid from"), whole=True, error_messages={"required": _("Enter the first day")})
    valid_until = DateField(label=_("Valid until"), whole=True, error_messages={"required": _("Enter the last day")})
    entries = choice(_("Number of entries"), words.ENTRIES, _("Not said"))
    days = forms.IntegerField(label=_("Days of stay"), required=False, min_value=0, max_value=VISA_MOST_DAYS)
    territory = line(_("Territory"), 200, hint=_("Codes of states; empty for the whole territory"))
    ltv = forms.BooleanField(label=_("Limited territorial validity"), required=False)
    status = choice(_("Status"), words.VISA_STATUSES, _("issued"))
    remarks = area(_("Remarks"), 1000, rows=2)

    def body(self) -> dict[str, Any]:
        """The visa's fields."""
        data = self.cleaned_data
        fields = (
            "type",
            "sticker_number",
            "issuing_authority",
            "issued_on",
            *VALID,
            "entries",
            "ltv",
            "status",
            "remarks",
        )
        more = {"issuing_state": data["issuing_state"].upper(), "territory": territory_of(data["territory"])}
        return self.person() | self.plain(*fields) | more | {"days": data["days"] or 0}

    @classmethod
    def initial_of(cls, body: Mapping[str, Any]) -> dict[str, Any]:
        """The visa as the form shows it."""
        more = {"territory": " ".join(body.get("territory") or ()), "days": body.get("days") or ""}
        return super().initial_of(body) | cls.initial_person(body) | more


class VehicleForm(RecordForm, ValidFields, GroundsFields):
    """A vehicle or number plate."""

    sections: ClassVar[Sections] = (
        (_("The vehicle"), (("category",), ("plate", "plate_state"), ("vin",), ("make", "model"), ("colour",))),
        (_("What happened"), (("event_on", "event_place"), ("owner",), ("reference",))),
        (_("Grounds"), (*GROUNDS, VALID)),
    )
    category = choice(_("Category"), {}, _("Choose a category"), required=_("Choose the category"))
    plate = line(_("Number plate"), 32, code=True)
    plate_state = state(_("State of the plate"))
    vin = line(_("Chassis number (VIN)"), 32, code=True)
    make = line(_("Make"), 60)
    model = line(_("Model"), 60)
    colour = line(_("Colour"), 40)
    event_on = DateField(label=_("Date of the event"), required=False)
    event_place = line(_("Place of the event"))
    owner = line(_("Owner of the report"))
    reference = line(_("Reference"), 120, hint=_("Number of the report"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        labels = [(code, one.label_here()) for code, one in vehicle_meanings().items()]
        self.fields["category"].choices = [("", _("Choose a category")), *labels]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A plate with its state, or a chassis number."""
        data = super().clean()
        if not data.get("plate") and not data.get("vin"):
            self.add_error("plate", _("Enter the plate or the chassis number"))
        if data.get("plate") and not data.get("plate_state"):
            self.add_error("plate_state", _("Enter the state of the plate"))
        return data

    def body(self) -> dict[str, Any]:
        """The vehicle's fields."""
        fields = (
            "category", "plate", "vin", "make", "model", "colour", "event_on", "event_place", "owner", "reference",
            "reason", "legal_basis", "proportionality", *VALID,
        )  # fmt: skip
        return self.plain(*fields) | {"plate_state": self.cleaned_data["plate_state"].upper()}


class NoticeForm(RecordForm, PersonFields, ValidFields, GroundsFields):
    """A notice or diffusion."""

    sections: ClassVar[Sections] = (
        (_("The notice"), (("colour",), ("source_id",), ("issuing_authority",), ("contact",))),
        (_("The person"), (*PERSON_ROWS, ("description",))),
        (_("Grounds"), (("offences",), ("warrant",), *GROUNDS, VALID)),
    )
    colour = choice(_("Colour"), {}, _("Choose a colour"), required=_("Choose the colour"))
    source_id = line(_("Control number"), 120, required=_("Enter the control number"), code=True)
    issuing_authority = line(_("Issuing authority"), required=_("Enter who issued it"))
    contact = line(_("Contact"), 200)
    description = area(_("Description"), rows=2)
    offences = area(_("Offences"), rows=2)
    warrant = line(_("Warrant"), 300, hint=_("Date, court, sentence, time limit"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        labels = [(code, one.label_here()) for code, one in notice_meanings().items()]
        self.fields["colour"].choices = [("", _("Choose a colour")), *labels]  # type: ignore[attr-defined]

    def body(self) -> dict[str, Any]:
        """The notice's fields."""
        fields = (
            "colour", "source_id", "issuing_authority", "contact", "description", "offences", "warrant", "reason",
            "legal_basis", "proportionality", *VALID,
        )  # fmt: skip
        return self.person() | self.plain(*fields)

    @classmethod
    def initial_of(cls, body: Mapping[str, Any]) -> dict[str, Any]:
        """The notice as the form shows it."""
        return super().initial_of(body) | cls.initial_person(body)


class LostDocumentForm(RecordForm):
    """A document reported stolen, lost, revoked or invalid."""

    sections: ClassVar[Sections] = (
        (_("The document"), (("type", "issuing_state"), ("number",), ("status",))),
        (_("The report"), (("event_on", "event_place"), ("owner",), ("reference",))),
    )
    type = choice(
        _("Type"),
        {"P": _("Passport"), "I": _("Identity card"), "V": _("Visa sticker")},
        _("Choose a type"),
        required=_("Choose the type"),
    )
    issuing_state = state(_("Issued by"), error=_("Enter the state that issued it"))
    number = line(_("Document number"), 32, required=_("Enter the document number"), code=True)
    status = choice(_("Status"), words.DOCUMENT_STATUSES, _("Choose a status"), required=_("Choose the status"))
    event_on = DateField(label=_("Date of the event"), required=False)
    event_place = line(_("Place of the event"))
    owner = line(_("Owner of the report"), required=_("Enter the owner of the report"), hint=_("Who can confirm it"))
    reference = line(_("Reference"), 120, required=_("Enter the number of the report"), hint=_("Number of the report"))

    def body(self) -> dict[str, Any]:
        """The report's fields."""
        fields = self.plain("type", "number", "status", "event_on", "event_place", "owner", "reference")
        return fields | {"issuing_state": self.cleaned_data["issuing_state"].upper()}


class AlertCorrection(RecordForm, AlertForm):
    """An alert that is corrected; it is entered on the page of alerts."""

    sections: ClassVar[Sections] = (
        (_("The person"), (("category",), ("surname", "given_names"), ("other_name",), ("birth_date",), ("sex", "nationality"), ("document_state", "document_number"))),
        (_("Grounds"), (("reason",), ("legal_basis",), ("decision",), ("valid_until",), ("proportionality",))),
    )  # fmt: skip

    def body(self) -> dict[str, Any]:
        """The alert's fields."""
        return AlertForm.body(self)

    @classmethod
    def initial_of(cls, body: Mapping[str, Any]) -> dict[str, Any]:
        """The alert as the form shows it."""
        known = PersonFields.initial_person(body)
        paper: Mapping[str, Any] = next(iter(body.get("documents") or ()), {})
        return super().initial_of(body) | {
            **known,
            "other_name": known["other_names"].split("\n")[0],
            "document_state": paper.get("issuing_state") or "",
            "document_number": paper.get("number") or "",
        }


FORMS: Mapping[str, type[RecordForm]] = {
    "alerts": AlertCorrection,
    "notices": NoticeForm,
    "visas": VisaForm,
    "vehicles": VehicleForm,
    "lost_documents": LostDocumentForm,
}


class DeletionForm(forms.Form):
    """Why a record is to be deleted."""

    why = area(_("Why it is to be deleted"), required=_("Say why it is to be deleted"))
    file_reference = line(
        _("File or case"), 200, required=_("Name the file or case"), hint=_("Number of the file, order or request")
    )
