"""At a unit: the blobs that its sealed entries refer to, and how they stand at the centre."""

from __future__ import annotations

from django.db import models


class GoingBlob(models.Model):
    """One of them. `position`: of the entry that refers to it. `state`: waiting, or what the centre said last.

    Of those that wait the ones with the lower `rank` go first where the centre has not said what it wants.
    """

    address = models.CharField(max_length=64, primary_key=True)
    position = models.BigIntegerField()
    size_bytes = models.BigIntegerField()
    rank = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField()
    state = models.CharField(max_length=8, default="waiting")

    class Meta:
        app_label = "units"
        indexes = [models.Index(fields=["state", "rank", "position"], name="unit_blob_next")]
