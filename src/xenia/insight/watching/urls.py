"""Addresses of the watch, below /statistics/watch/."""

from django.urls import path

from xenia.insight.watching import holiday_pages, month_pages, pages, queue_pages

urlpatterns = [
    path("watch/", pages.signals, name="watch"),
    path("watch/signals.csv", pages.export, name="watch-export"),
    path("watch/signals/<uuid:signal_id>/", pages.signal, name="watch-signal"),
    path("watch/rules/", pages.rules, name="watch-rules"),
    path("watch/months/", month_pages.months, name="watch-months"),
    path("watch/holidays/", holiday_pages.holidays, name="watch-holidays"),
    path("watch/forecast/", pages.forecast, name="watch-forecast"),
    path("watch/queue/", queue_pages.queue, name="watch-queue"),
]
