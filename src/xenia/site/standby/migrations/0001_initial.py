"""Servers of a centre and their generations."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Server",
            fields=[
                ("name", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("door", models.CharField(max_length=300)),
                ("place", models.PositiveSmallIntegerField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Generation",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("server", models.CharField(max_length=32)),
                ("how", models.CharField(max_length=20)),
                ("began_at", models.DateTimeField()),
            ],
        ),
    ]
