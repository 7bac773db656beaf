from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0002_officers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("latest_at", models.DateTimeField(null=True)),
                ("latest_position", models.BigIntegerField(default=0)),
                ("samples", models.JSONField(default=list)),
            ],
        ),
    ]
