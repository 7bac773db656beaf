"""Addresses of the lists."""

from django.urls import path

from xenia.registers.lists import pages

app_name = "lists"
urlpatterns = [
    path("", pages.index, name="index"),
    path("new/", pages.propose, name="propose"),
    path("loads/<uuid:run_id>/", pages.run, name="run"),
    path("loads/<uuid:run_id>/cancel/", pages.cancel, name="cancel"),
    path("loads/<uuid:run_id>/refused.csv", pages.refused, name="refused"),
    path("loads/<uuid:run_id>/changes.csv", pages.changes, name="changes"),
    path("<slug:code>/", pages.show, name="show"),
    path("<slug:code>/load/", pages.load, name="load"),
]
