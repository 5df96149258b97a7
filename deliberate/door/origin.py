"""Foreign pages may not act: where a request says it comes from, checked on every unsafe method and every socket.

Pictures are shared between people, so their forms hold no token; the seat's cookie is SameSite=Lax besides."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.shortcuts import render


def same_origin(origin: str | None, host: str, *, strict: bool) -> bool:
    """Whether an Origin header names our own host. `strict` refuses an absent one; "null" is always refused.

    So is a `host` that is none of ours: a foreign name may resolve to this machine (DNS rebinding)."""
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    if not origin:
        return not strict
    parts = urlsplit(origin)
    if parts.scheme not in (("https",) if settings.SECURE else ("http", "https")):
        return False
    public = urlsplit(settings.PUBLIC_URL).netloc if settings.PUBLIC_URL else ""
    return parts.netloc == host or (bool(public) and parts.netloc == public)


class OriginMiddleware:
    """Refuses a POST from another site's page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.get_host()  # refuses names that are not ours, on every method
        if request.method not in ("GET", "HEAD", "OPTIONS") and not self.welcome(request):
            return render(request, "door/foreign.html", status=403)
        return self.get_response(request)

    def welcome(self, request: HttpRequest) -> bool:
        host = request.get_host()
        origin = request.headers.get("Origin")
        if origin:
            return same_origin(origin, host, strict=True)
        site = request.headers.get("Sec-Fetch-Site")
        if site:
            return site in ("same-origin", "none")
        referrer = request.headers.get("Referer")
        # Every browser of the last years says one of the three; a program that says none has no cookie jar to abuse.
        return same_origin(referrer, host, strict=False) if referrer else True
