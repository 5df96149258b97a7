from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """By itself: PostgreSQL alters no table in whose rows the same transaction wrote."""

    dependencies = [
        ("polls", "0020_amendments_before"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=~Q(Q(state="declined") | Q(before="declined"), answer=""), name="amendments_no_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=Q(~Q(state="hidden"), before="", hidden_for="")
                | Q(~Q(hidden_for=""), state="hidden", before__in=("open", "declined")),
                name="amendments_hidden_comes_back",
            ),
        ),
    ]
