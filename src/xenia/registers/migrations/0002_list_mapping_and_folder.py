from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="listsource",
            name="by_itself",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="listsource",
            name="mapping",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="loadrun",
            name="file_name",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="loadrun",
            name="origin",
            field=models.CharField(
                blank=True,
                choices=[("page", "page"), ("command", "command line"), ("folder", "watched folder")],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="listsource",
            name="format",
            field=models.CharField(
                choices=[
                    ("csv", "CSV as Xenia describes it"),
                    ("csv-mapped", "CSV with columns of its own"),
                    ("xlsx", "Spreadsheet (.xlsx)"),
                    ("un-xml", "UN consolidated list (XML)"),
                    ("ofac-csv", "OFAC list of designated nationals (three CSV files)"),
                    ("notices-json", "Notices (JSON)"),
                ],
                max_length=12,
            ),
        ),
    ]
