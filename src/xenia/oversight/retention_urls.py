"""Addresses of the pages of retention."""

from django.urls import path

from xenia.oversight import retention_pages

urlpatterns = [
    path("", retention_pages.retention, name="retention"),
    path("run/", retention_pages.run, name="retention-run"),
    path("<slug:name>/", retention_pages.period, name="retention-period"),
]
