from django.db import migrations


def build(apps, schema_editor):
    from xenia.journal import walls

    walls.build(schema_editor.connection)


def take_down(apps, schema_editor):
    from xenia.journal import walls

    walls.take_down(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunPython(build, take_down)]
