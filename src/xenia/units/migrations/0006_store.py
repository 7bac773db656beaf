"""The centre's shares of the keys of its units' stores."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("units", "0005_going_blobs")]

    operations = [
        migrations.AddField(
            "unit",
            "store_share",
            models.BinaryField(default=b"", help_text="the centre's share of its store's key, wrapped"),
        ),
        migrations.AddField(
            "unit",
            "store_token",
            models.CharField(
                blank=True, default="", help_text="SHA-256 of what only its open store says", max_length=64
            ),
        ),
    ]
