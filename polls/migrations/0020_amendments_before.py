from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override


def keep(apps: Any, _editor: Any) -> None:
    """What was hidden until now lost its answer. What the room declined by a poll stays declined, the rest waits again."""
    hidden = apps.get_model("polls", "Amendment").objects.filter(state="hidden")
    hidden.update(hidden_for=F("answer"), answer="", before="open")
    with override(settings.LANGUAGE_CODE):
        said = _("The room decided it by a poll.")
    hidden.filter(decided_at__isnull=False, poll__state="closed").update(before="declined", answer=said)
    hidden.filter(before="open").update(decided_at=None)


STATES = [
    ("open", "Open"),
    ("carried", "Carried by the room"),
    ("accepted", "Accepted"),
    ("merged", "Merged"),
    ("declined", "Declined"),
    ("hidden", "Hidden"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0019_reworded_at"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="amendment", name="amendments_no_says_why"),
        migrations.AddField(
            model_name="amendment",
            name="before",
            field=models.CharField(blank=True, choices=STATES, default="", max_length=8),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="amendment",
            name="hidden_for",
            field=models.CharField(blank=True, default="", max_length=280),
            preserve_default=False,
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
