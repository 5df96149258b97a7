from collections import Counter
from typing import Any

from django.db import migrations


def tell(apps: Any, _editor: Any) -> None:
    """Who has been heard on the clauses that people stood on before."""
    for clause in apps.get_model("polls", "Clause").objects.filter(supports__isnull=False).distinct():
        stands = clause.supports.values_list("value", "seat__group__handle", "seat__ended")
        stood, by = Counter(), Counter()
        for value, group, ended in stands:
            stood[value] += 1
            by[group or ""] += not ended
        clause.heard = {"of": [stood[value] for value in ("support", "live", "reserve", "block")], "by": dict(by)}
        clause.save(update_fields=["heard"])


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0014_heard"),
    ]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
