from __future__ import annotations

from django import forms
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _

from deliberate.door.registry import NoFields, command
from deliberate.roles import MODERATOR
from rooms.wall import actions
from rooms.wall.scenes import scenes


class SceneForm(forms.Form):
    """A scene by its name, and the handle of the one thing to show in it, if any."""

    scene = forms.ChoiceField(
        label=_("What the wall shows"),
        choices=lambda: [(one.name, one.title) for one in scenes.values()],
        error_messages={"invalid_choice": _("The wall knows no such scene. Reload the page, please.")},
    )
    subject = forms.CharField(max_length=12, required=False, validators=[validate_slug])


command("wall.show", form=SceneForm, who=[MODERATOR])(actions.show)
command("wall.auto", form=NoFields, who=[MODERATOR])(actions.auto)
command("wall.undo", form=NoFields, who=[MODERATOR])(actions.undo)
