"""Addresses under /sign-in/ that only units have."""

from django.urls import path

from xenia.units import officer_pages

app_name = "at-unit"
urlpatterns = [
    path("first/", officer_pages.first, name="first"),
    path("pin/", officer_pages.pin, name="pin"),
]
