import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0006_store"),
    ]

    operations = [
        migrations.CreateModel(
            name="Intake",
            fields=[
                ("unit", models.UUIDField(primary_key=True, serialize=False)),
                ("on", models.DateField()),
                ("entries", models.BigIntegerField(default=0)),
                ("size_bytes", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=16)),
                ("opened_at", models.DateTimeField()),
                ("calm_since", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="alarms", to="units.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("unit", "code"),
                        name="unit_alarm_once_at_a_time",
                    )
                ],
            },
        ),
    ]
