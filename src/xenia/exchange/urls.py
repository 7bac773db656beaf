"""Addresses of messages with other authorities."""

from __future__ import annotations

from django.urls import path

from xenia.exchange import pages

app_name = "exchange"
urlpatterns = [
    path("", pages.sent, name="sent"),
    path("received/", pages.received, name="received"),
    path("messages/<uuid:message>/", pages.message, name="message"),
    path("partners/", pages.partner_list, name="partners"),
    path("partners/new/", pages.new_partner, name="new-partner"),
    path("partners/own/retire/", pages.retire, name="retire"),
    path("partners/<uuid:partner>/", pages.partner, name="partner"),
    path("partners/<uuid:partner>/revoke/", pages.revoke, name="revoke"),
    path("partners/<uuid:partner>/end/", pages.end, name="end"),
]
