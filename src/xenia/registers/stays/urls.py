"""Addresses of the register of stays."""

from django.urls import path

from xenia.registers.stays import acts, pages

app_name = "stays"
urlpatterns = [
    path("", pages.index, name="index"),
    path("overstayers/", pages.overstayers, name="overstayers"),
    path("<uuid:file>/", pages.show, name="show"),
    path("<uuid:file>/print/", pages.printed, name="print"),
    path("<uuid:file>/link/", acts.link, name="link"),
    path("<uuid:file>/part/", acts.part, name="part"),
    path("<uuid:file>/stays/<uuid:stay>/correct/", acts.correct, name="correct"),
]
