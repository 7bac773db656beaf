"""Addresses of this room, below /statistics/."""

from django.urls import path

from xenia.insight.calls import urls as calls_urls
from xenia.insight.pages import asking

app_name = "insight"
urlpatterns = [
    path("", asking.ask, name="ask"),
    *calls_urls.urlpatterns,
]
