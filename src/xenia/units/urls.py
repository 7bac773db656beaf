"""Addresses under /units/."""

from django.urls import path

from xenia.units import pages

app_name = "units"
urlpatterns = [
    path("", pages.index, name="index"),
    path("new/", pages.new, name="new"),
    path("enrol/", pages.enrol, name="enrol"),
    path("<uuid:unit_id>/", pages.unit, name="unit"),
    path("<uuid:unit_id>/admit/", pages.admit, name="admit"),
    path("<uuid:unit_id>/<slug:what>/", pages.change, name="change"),
]
