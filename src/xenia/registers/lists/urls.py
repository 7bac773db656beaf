"""Addresses of the lists."""

from django.urls import path

from xenia.registers.lists import pages, source_pages

app_name = "lists"
urlpatterns = [
    path("", pages.index, name="index"),
    path("new/", source_pages.propose, name="propose"),
    path("drafts/<uuid:draft_id>/", source_pages.columns, name="columns"),
    path("schedule/", pages.schedule, name="schedule"),
    path("loads/<uuid:run_id>/report/", pages.report, name="report"),
    path("loads/<uuid:run_id>/", pages.run, name="run"),
    path("loads/<uuid:run_id>/cancel/", pages.cancel, name="cancel"),
    path("loads/<uuid:run_id>/refused.csv", pages.refused, name="refused"),
    path("loads/<uuid:run_id>/changes.csv", pages.changes, name="changes"),
    path("<slug:code>/", pages.show, name="show"),
    path("<slug:code>/change/", source_pages.change, name="change"),
    path("<slug:code>/load/", pages.load, name="load"),
]
