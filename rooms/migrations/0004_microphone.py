import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0003_segment_times"),
    ]

    operations = [
        migrations.CreateModel(
            name="Microphone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("starting", "Starting"),
                            ("on", "On"),
                            ("late", "Late"),
                            ("again", "Again"),
                            ("unfit", "Unfit"),
                            ("away", "Away"),
                            ("off", "Off"),
                        ],
                        default="off",
                        max_length=8,
                    ),
                ),
                ("line", models.SlugField(blank=True, max_length=32)),
                ("kept", models.PositiveIntegerField(default=0)),
                ("line_before", models.SlugField(blank=True, max_length=32)),
                ("kept_before", models.PositiveIntegerField(default=0)),
                ("seen_at", models.DateTimeField()),
                (
                    "room",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="microphone", to="rooms.room"
                    ),
                ),
            ],
        ),
    ]
