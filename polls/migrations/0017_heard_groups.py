from typing import Any

from django.db import migrations


def name(apps: Any, _editor: Any) -> None:
    """Of who has been heard on a clause the groups are kept, no longer how many of each."""
    clauses = apps.get_model("polls", "Clause").objects.exclude(heard={})
    for clause in clauses.select_related("statement__room__event"):
        by, k = clause.heard.pop("by", {}), clause.statement.room.event.k
        clause.heard["groups"] = sorted(group for group, count in by.items() if group and count >= k)
        clause.save(update_fields=["heard"])


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0016_notes_gone"),
    ]

    operations = [migrations.RunPython(name, migrations.RunPython.noop)]
