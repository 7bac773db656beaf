"""Addresses of the work list and the proposals."""

from __future__ import annotations

from django.urls import path

from xenia.work import pages

urlpatterns = [
    path("", pages.work, name="work"),
    path("newer/", pages.newer, name="work-newer"),
    path("items/<uuid:item_id>/take/", pages.claim, name="work-claim"),
    path("items/<uuid:item_id>/give-back/", pages.release, name="work-release"),
    path("proposals/", pages.proposal_list, name="proposals"),
    path("proposals/<uuid:proposal_id>/", pages.proposal, name="proposal"),
    path("proposals/<uuid:proposal_id>/decide/", pages.decide, name="proposal-decide"),
]
