from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class DeliberateConfig(AppConfig):
    name = "deliberate"

    def ready(self) -> None:
        from deliberate import features
        from deliberate.shell import log

        log.configure(settings.LOG_LEVEL)
        features.load()
