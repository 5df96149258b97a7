from __future__ import annotations

from django.apps import AppConfig


class DeliberateConfig(AppConfig):
    name = "deliberate"

    def ready(self) -> None:
        from deliberate import features

        features.load()
