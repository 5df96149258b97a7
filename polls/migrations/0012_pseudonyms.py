import base64
import secrets
from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def hide_seats(apps: Any, editor: Any) -> None:
    """Rows that name a seat get a pseudonym of chance in its place, one for each seat and room, which nobody holds the key of."""
    Idea, Pseudonym = apps.get_model("polls", "Idea"), apps.get_model("polls", "Pseudonym")
    pseudonyms: dict[tuple[int, int], int] = {}

    def of(room: int, seat: int) -> int:
        if (room, seat) not in pseudonyms:
            key = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
            row = Pseudonym.objects.create(pk=secrets.randbits(62), room_id=room, key=key)
            pseudonyms[room, seat] = row.pk
        return pseudonyms[room, seat]

    for name in ("Upvote", "Stance"):
        model = apps.get_model("polls", name)
        for pk, room, seat in list(model.objects.values_list("pk", "idea__room_id", "seat_id")):
            model.objects.filter(pk=pk).update(pseudonym=of(room, seat))
    unsigned = Idea.objects.filter(author="", seat__isnull=False).order_by()
    for pk, room, seat in list(unsigned.values_list("pk", "room_id", "seat_id")):
        Idea.objects.filter(pk=pk).update(pseudonym=of(room, seat), seat=None)
    if editor.connection.vendor == "postgresql":
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else what is changed next waits for them


def of_pseudonym(null: bool) -> models.ForeignKey:
    return models.ForeignKey(null=null, on_delete=django.db.models.deletion.CASCADE, to="polls.pseudonym")


def of_room(name: str) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name=name, to="rooms.room")


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0011_reopened"),
        ("rooms", "0003_segment_times"),
    ]

    operations = [
        migrations.CreateModel(
            name="Issuer",
            fields=[
                (
                    "room",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to="rooms.room"
                    ),
                ),
                ("salt", models.CharField(max_length=64)),
                ("definition", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="PseudonymVoucher",
            fields=[
                ("seat", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("room", of_room("+")),
                ("asked", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Pseudonym",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("room", of_room("pseudonyms")),
                ("key", models.CharField(max_length=43)),
                ("number", models.BigIntegerField(default=0)),
                ("last", models.CharField(blank=True, max_length=64)),
                ("muted", models.CharField(blank=True, max_length=160)),
                ("hidden", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["room", "key"], name="pseudonyms_one_row_a_key"),
                    models.CheckConstraint(
                        condition=~models.Q(hidden=True, muted=""), name="pseudonyms_hidden_is_muted"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="idea",
            name="pseudonym",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="ideas",
                to="polls.pseudonym",
            ),
        ),
        migrations.AddField(model_name="upvote", name="pseudonym", field=of_pseudonym(null=True)),
        migrations.AddField(model_name="stance", name="pseudonym", field=of_pseudonym(null=True)),
        migrations.RunPython(hide_seats, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="stance", name="opinions_one_stance_a_seat"),
        migrations.RemoveConstraint(model_name="upvote", name="ideas_one_upvote_a_seat"),
        migrations.RemoveField(model_name="stance", name="seat"),
        migrations.RemoveField(model_name="upvote", name="seat"),
        migrations.AlterField(model_name="upvote", name="pseudonym", field=of_pseudonym(null=False)),
        migrations.AlterField(model_name="stance", name="pseudonym", field=of_pseudonym(null=False)),
        migrations.AddConstraint(
            model_name="idea",
            constraint=models.CheckConstraint(
                condition=models.Q(seat=None) | models.Q(pseudonym=None), name="ideas_seat_or_pseudonym"
            ),
        ),
        migrations.AddConstraint(
            model_name="stance",
            constraint=models.UniqueConstraint(fields=["idea", "pseudonym"], name="opinions_one_stance_a_pseudonym"),
        ),
        migrations.AddConstraint(
            model_name="upvote",
            constraint=models.UniqueConstraint(fields=["idea", "pseudonym"], name="ideas_one_upvote_a_pseudonym"),
        ),
    ]
