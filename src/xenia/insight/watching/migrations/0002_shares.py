"""Whether shares are watched: not by rules that were set before there was a choice."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("watching", "0001_initial")]

    operations = [
        migrations.AddField("ruleset", "shares", models.BooleanField(default=False), preserve_default=False),
    ]
