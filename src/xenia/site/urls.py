"""Addresses: each room's pages under its own prefix."""

from django.urls import path

urlpatterns: list[path] = []
