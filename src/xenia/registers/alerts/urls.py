"""Addresses of the alerts register."""

from django.urls import path

from xenia.registers.alerts import pages

app_name = "alerts"
urlpatterns = [
    path("", pages.index, name="index"),
    path("new/", pages.enter, name="enter"),
    path("<uuid:record>/", pages.show, name="show"),
    path("<uuid:record>/delete/", pages.delete, name="delete"),
]
