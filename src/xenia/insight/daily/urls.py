"""Addresses of the daily report, below /statistics/daily/."""

from django.urls import path

from xenia.insight.daily import pages

urlpatterns = [
    path("daily/", pages.daily, name="daily"),
    path("daily/pdf/", pages.pdf, name="daily-pdf"),
]
