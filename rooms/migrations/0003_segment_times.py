from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0002_seats_ended_by_hosts"),
    ]

    operations = [
        migrations.AddField(
            model_name="segment",
            name="times",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
    ]
