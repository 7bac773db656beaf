"""Addresses of the reports, below /statistics/reports/."""

from django.urls import path

from xenia.insight.official import pages

urlpatterns = [
    path("reports/", pages.reports, name="reports"),
    path("reports/<slug:name>/", pages.report, name="report"),
    path("reports/<slug:name>/file/<str:form>", pages.file, name="report-file"),
]
