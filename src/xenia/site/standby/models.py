"""The servers of this centre, and which of them serves since when."""

from __future__ import annotations

from django.db import models


class Server(models.Model):
    """A server of this centre. `door`: where units and partners reach it, https; `place`: units try them in this order."""

    name = models.CharField(max_length=32, primary_key=True)
    door = models.CharField(max_length=300)
    place = models.PositiveSmallIntegerField(unique=True)


class Generation(models.Model):
    """A change of places: from then on this server serves. Rows are only added; the highest number counts.

    `how`: paired, switched or first-is-gone.
    """

    number = models.BigIntegerField(primary_key=True)
    server = models.CharField(max_length=32)
    how = models.CharField(max_length=20)
    began_at = models.DateTimeField()
