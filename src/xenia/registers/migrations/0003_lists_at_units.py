import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registers", "0002_list_mapping_and_folder")]

    operations = [
        migrations.AddField("listsource", "at_units", models.CharField(blank=True, default="", max_length=8)),
        migrations.AddField("listsource", "at_places", models.JSONField(blank=True, default=dict)),
        migrations.AddField("listversion", "secret", models.BinaryField(default=b"")),
        migrations.CreateModel(
            "KeyedList",
            [
                (
                    "source",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="keyed",
                        serialize=False,
                        to="registers.listsource",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("made_of", models.CharField(max_length=64)),
                ("file", models.CharField(max_length=160)),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.BigIntegerField()),
                ("key_id", models.CharField(max_length=43)),
                ("signature", models.BinaryField()),
                ("rules_version", models.PositiveSmallIntegerField()),
                ("records", models.BigIntegerField()),
                ("as_of", models.DateTimeField()),
                ("since", models.DateTimeField()),
            ],
        ),
    ]
