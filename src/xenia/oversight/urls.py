"""Addresses of this room."""

from django.urls import path

from xenia.oversight import pages

app_name = "oversight"
urlpatterns = [
    path("journal/", pages.journal, name="journal"),
    path("subjects/", pages.subjects, name="subjects"),
    path("subjects/export/", pages.export, name="export"),
    path("subjects/erase/", pages.erase, name="erase"),
]
