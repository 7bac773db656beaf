"""A month's own numbers beside those of its days; months that lack them are asked for again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("watching", "0002_shares")]

    operations = [migrations.AddField("month", "sums", models.BinaryField(null=True))]
