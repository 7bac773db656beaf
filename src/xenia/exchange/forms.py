"""What people type on this room's pages. The actions check it all again."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from xenia.exchange.partners import CARD_LIMIT

STATES = {
    "waiting": _("waiting"),
    "held": _("waits for an earlier one"),
    "accepted": _("accepted"),
    "refused": _("refused"),
    "dead": _("not delivered"),
    "replaced": _("sent again"),
}
CARRIERS = [("https", _("over the line")), ("file", _("as an encrypted file"))]


class NewCard(forms.Form):
    """A partner's card to pin."""

    card = forms.CharField(
        label=_("The partner's card"),
        help_text=_("The text that the partner's own installation printed. Compare the fingerprints by telephone."),
        max_length=CARD_LIMIT,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "dir": "ltr"}),
    )
    carrier = forms.ChoiceField(label=_("Messages go"), choices=CARRIERS)
    reason = forms.CharField(label=_("Reason"), max_length=2000)


class Reason(forms.Form):
    """Why a partner's keys or messages end."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
