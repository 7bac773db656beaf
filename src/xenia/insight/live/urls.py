"""The address of the live page, below /statistics/."""

from django.urls import path

from xenia.insight.live import pages

urlpatterns = [path("live/", pages.live, name="live")]
