"""Every address of the service, in one list. The socket's and the stream's stand in asgi.py."""

from __future__ import annotations

from django.urls import path

from deliberate.door.views import do
from deliberate.live.pages import show
from polls.exports import settled
from polls.exports import views as exports
from polls.suggestions import views as suggestions
from rooms.captions import views as captions
from rooms.seats import desk
from rooms.seats import views as seats
from rooms.transcript import views as transcript

urlpatterns = [
    path("", seats.home, name="home"),
    path("join/", seats.join, name="join"),
    path("join/<slug:code>/", seats.join, name="join_code"),
    path("in/<str:token>/", seats.arrive, name="arrive"),
    path("blank/", seats.blank, name="blank"),
    path("favicon.ico", seats.no_icon),
    path("captions/<str:token>/", captions.feed, name="captions_feed"),
    path("captions/<str:token>/seq", captions.seq, name="captions_seq"),
    path("desk/", desk.events, name="desk"),
    path("desk/login/", desk.login, name="desk_login"),
    path("desk/logout/", desk.logout, name="desk_logout"),
    path("desk/new/", desk.new, name="desk_new"),
    path("desk/<slug:event>/open/", desk.open_event, name="desk_open"),
    path("settled/<slug:hash>/", settled.page, name="settled"),
    path("settled/<slug:hash>.json", settled.values, name="settled_json"),
    path("at/<slug:event>/<slug:role>/welcome/", seats.welcome, name="welcome"),
    path("at/<slug:event>/<slug:role>/leave/", seats.leave, name="leave"),
    path("at/<slug:event>/<slug:role>/ended/", seats.ended, name="ended"),
    path("at/<slug:event>/<slug:role>/<slug:room>/", show, name="room"),
    path("at/<slug:event>/<slug:role>/<slug:room>/alike/", suggestions.alike, name="alike"),
    path("at/<slug:event>/<slug:role>/<slug:room>/<slug:screen>/", show, name="screen"),
    path("at/<slug:event>/<slug:role>/<slug:room>/transcript.vtt", transcript.vtt, name="transcript_vtt"),
    path("at/<slug:event>/<slug:role>/<slug:room>/transcript.srt", transcript.srt, name="transcript_srt"),
    path("at/<slug:event>/<slug:role>/<slug:room>/transcript.txt", transcript.text, name="transcript_text"),
    path("at/<slug:event>/<slug:role>/<slug:room>/sound/<slug:segment>.wav", transcript.heard, name="sound"),
    path("at/<slug:event>/<slug:role>/<slug:room>/sound.zip", transcript.archive, name="sound_archive"),
    *(
        path(f"at/<slug:event>/<slug:role>/<slug:room>/outcome.{ending}", exports.outcome_as(ending))
        for ending in exports.ENDINGS
    ),
    *(
        path(f"at/<slug:event>/<slug:role>/<slug:room>/record.{ending}", exports.record_as(ending))
        for ending in exports.ENDINGS
    ),
    path("at/<slug:event>/<slug:role>/<slug:room>/bundle.json", exports.whole, name="bundle"),
    path("at/<slug:event>/<slug:role>/<slug:room>/do/<str:command>", do, name="do"),
]
