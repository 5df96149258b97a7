"""The desk: where hosts with an account keep many events. The only pages with accounts; participants never meet them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from deliberate.clock import now
from deliberate.door.fields import Line
from deliberate.door.limits import Guesses, blurred, caller
from deliberate.roles import HOST
from deliberate.text import one_line
from rooms.events.actions import create_event, create_link
from rooms.events.core import MOST_GROUPS, agenda_of
from rooms.seats.views import to_welcome

_guesses = Guesses(settings.LIMIT_GUESSES_PER_MINUTE, settings.LIMIT_ALL_GUESSES_PER_MINUTE)


class EventForm(forms.Form):
    """A new event as somebody types it: groups and agenda as lines."""

    title = Line(label=_("Title"), max_length=160)
    groups = forms.CharField(
        label=_("Groups"),
        help_text=_("One a line. People may say which they belong to."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4000,
        required=False,
    )
    room = Line(label=_("Room"), max_length=80, initial=_("Main hall"))
    agenda = forms.CharField(
        label=_("Agenda"),
        help_text=_("One point a line, then a comma and its minutes: Open plenary, 40"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=20_000,
        required=False,
    )

    def clean_groups(self) -> list[str]:
        names = [one_line(line)[:60] for line in self.cleaned_data["groups"].splitlines()]
        found = list({name.casefold(): name for name in names if name}.values())
        if len(found) > MOST_GROUPS:
            raise forms.ValidationError(_now("An event can have forty groups at most."))
        return found

    def clean_agenda(self) -> list[tuple[str, int]]:
        points, unread = agenda_of(self.cleaned_data["agenda"])
        if unread:
            wrong = _now("This line has no minutes at its end: %(line)s")
            raise forms.ValidationError(wrong % {"line": one_line(unread[0])[:80]})
        return [(one_line(title)[:160], minutes) for title, minutes in points]


def login(request: HttpRequest) -> HttpResponse:
    """Name and password; as often as a code may be guessed, counted for the caller and for the account."""
    if request.method != "POST":
        return render(request, "desk/login.html", {"form": AuthenticationForm(request)})
    form = AuthenticationForm(request, request.POST)
    account = blurred(f"account:{request.POST.get('username', '')}")
    callers = [each for each in (caller(request), account) if each]
    if not all(_guesses.may(each) for each in callers):
        return render(request, "desk/login.html", {"form": AuthenticationForm(request), "late": True}, status=429)
    if not form.is_valid():
        for each in callers:
            _guesses.wrong(each)
        return render(request, "desk/login.html", {"form": form}, status=422)
    auth.login(request, form.get_user())
    return redirect("desk")


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return redirect("desk_login")


@login_required
def events(request: HttpRequest) -> HttpResponse:
    """The events of this account."""
    found = _mine(request).order_by("-pk")
    return render(request, "desk/events.html", {"events": found})


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Make an event."""
    form = EventForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "desk/new.html", {"form": form}, status=422 if form.errors else 200)
    create_event(**form.cleaned_data, keeper=request.user)
    return redirect("desk")


@require_POST
@login_required
def open_event(request: HttpRequest, event: str) -> HttpResponse:
    """Take a host's seat in one's event, by its host link; a new one where all were revoked."""
    found = get_object_or_404(_mine(request), handle=event)
    link = found.links.filter(role=HOST, revoked_at=None).first() or create_link(found, HOST)
    return to_welcome(link)


def _mine(request: HttpRequest) -> Any:
    user: Any = request.user
    return user.events.filter(retention_until__gte=now().date())
