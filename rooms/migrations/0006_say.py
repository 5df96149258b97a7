from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0005_feed"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="silence",
            field=models.CharField(
                choices=[
                    ("stands", "At once"),
                    ("later", "Ten minutes after the turn"),
                    ("approved", "Never: only approved words"),
                ],
                default="stands",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="turn",
            name="silence",
            field=models.CharField(blank=True, default="", max_length=8),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="turn",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="segment",
            name="approved",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="segment",
            name="mended",
            field=models.BooleanField(default=False),
        ),
    ]
