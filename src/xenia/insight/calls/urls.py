"""Addresses of displacement, below /statistics/displacement/."""

from django.urls import path

from xenia.insight.calls import pages

urlpatterns = [
    path("displacement/", pages.studies, name="displacement"),
    path("displacement/<slug:name>/", pages.study, name="displacement-study"),
    path("displacement/<slug:name>/<str:which>", pages.file, name="displacement-file"),
]
