from django.db import migrations, models
from django.db.models import deletion


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0013_to_reword"),
    ]

    operations = [
        migrations.AddField(
            model_name="clause",
            name="heard",
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="clause",
            name="heard_told",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.CreateModel(
            name="FormerCitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("source_revision", models.PositiveIntegerField(default=0)),
                (
                    "clause",
                    models.ForeignKey(on_delete=deletion.CASCADE, related_name="former_citations", to="polls.clause"),
                ),
                (
                    "idea",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=deletion.CASCADE, related_name="+", to="polls.idea"
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=deletion.CASCADE, related_name="+", to="rooms.segment"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("idea__isnull", True), ("segment__isnull", False))
                        | models.Q(("idea__isnull", False), ("segment__isnull", True)),
                        name="statements_former_citation_has_one_source",
                    )
                ]
            },
        ),
    ]
