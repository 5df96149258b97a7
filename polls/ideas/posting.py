"""New ideas: under their authors' names, or under a pseudonym of the room that nobody can tie to a seat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from deliberate.door.limits import room_for
from deliberate.door.registry import Answer, Asked
from deliberate.errors import Refused
from deliberate.languages import by_language
from deliberate.live.parts import resting_on
from deliberate.live.stale import touch
from polls.ideas import queries
from polls.ideas.actions import CHANGED
from polls.ideas.models import Idea, State
from rooms.events.queries import current_item
from rooms.journal.actions import locked


def unsigned(fields: dict[str, Any]) -> bool:
    """Whether an idea with these fields is posted without a name."""
    return not fields["show_author"]


def post(*, room: Any, asked: Sequence[Asked]) -> list[Answer | Refused]:
    """New ideas on the board, or before the moderator where the event approves first; fields: text, show_author. All of them are
    under names or none is. Not noted: it tells when."""
    room = locked(room)
    answers: dict[int, Answer | Refused] = {}
    for place, each in by_language(asked, lambda each: each.by.language):
        try:
            answers[place] = _posted(room, each.by, each.fields["text"], signed=each.fields["show_author"])
        except Refused as why:
            answers[place] = why
    return [answers[place] for place in range(len(asked))]


def _posted(room: Any, by: Any, text: str, *, signed: bool) -> Answer:
    if signed and not by.name:
        raise Refused(_("You have no name here to sign it with. Give yourself one under “You”, or post it without."))
    whose = {"seat_id" if signed else "pseudonym_id": by.pk}
    twins = Idea.objects.filter(room=room, text=text, **whose)
    # A form sent twice where no script keeps it from being so; or an act under a pseudonym that comes again after its answer was
    # lost, maybe when a moderator has taken the idea off the board.
    twin = (twins.filter(state__in=(State.SHOWN, State.WAITING)) if signed else twins).first()
    if twin is not None:
        said = _("You posted this already. It is idea %(n)d.") % {"n": twin.number}
        return Answer(say=said, data={"idea": twin.handle}, on=(f"idea:{twin.handle}",))
    room_for(Idea.objects.filter(room=room))
    idea = Idea.objects.create(
        room=room,
        item=current_item(room),
        number=queries.next_number(room),
        text=text,
        author=by.name if signed else "",
        state=State.WAITING if room.event.approve_ideas else State.SHOWN,
        **whose,
    )
    touch(room, *CHANGED, *(resting_on("posted") if idea.state == State.SHOWN else ()))
    if idea.state == State.WAITING:
        said = _("A moderator reads your idea first. It is number %(n)d.")
    else:
        said = _("Your idea is on the board. It is number %(n)d.")
    return Answer(say=said % {"n": idea.number}, data={"idea": idea.handle}, on=(f"idea:{idea.handle}",))
