"""Addresses of the reports, below /statistics/reports/."""

from django.urls import path

from xenia.insight.official import pages
from xenia.insight.official.outside import pages as outside

urlpatterns = [
    path("reports/", pages.reports, name="reports"),
    path("reports/outside/", outside.index, name="outside"),
    path("reports/outside/<slug:name>/", outside.compare, name="outside-table"),
    path("reports/<slug:name>/", pages.report, name="report"),
    path("reports/<slug:name>/file/<str:form>", pages.file, name="report-file"),
]
