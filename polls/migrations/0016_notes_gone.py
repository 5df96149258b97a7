from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0015_tell_heard"),
    ]

    operations = [
        migrations.AddField(
            model_name="statement",
            name="notes_gone",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
