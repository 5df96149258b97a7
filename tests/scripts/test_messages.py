"""A language comes to the product by a catalogue alone: collected, translated, compiled, offered."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service import ROOT, running

SCRIPT = ROOT / "scripts" / "messages.py"
GETTEXT = shutil.which("xgettext") is not None


def messages(folder: Path, *locales: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LOCALE_DIR": str(folder), "DATA_DIR": str(folder)} | ({"PATH": path} if path else {})
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, str(SCRIPT), *locales],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def translate(catalogue: Path, **texts: str) -> None:
    """Fill in some of the texts; every one of them must be there."""
    written = catalogue.read_text()
    for text, said in texts.items():
        empty = f'msgid "{text}"\nmsgstr ""\n'
        assert empty in written, text
        written = written.replace(empty, f'msgid "{text}"\nmsgstr "{said}"\n')
    catalogue.write_text(written)


def test_without_gettext_it_says_how_to_get_it(tmp_path: Path) -> None:
    done = messages(tmp_path, "fr", path=str(tmp_path))
    assert done.returncode == 1
    assert "apt install gettext" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not GETTEXT, reason="GNU gettext is not here; only who translates needs it (docs/translating.md)")
class TestWithGettext:
    def test_what_is_no_locale_is_refused(self, tmp_path: Path) -> None:
        assert "is no locale" in messages(tmp_path, "../fr").stderr
        assert "Say for which language" in messages(tmp_path).stderr

    def test_a_translated_catalogue_is_what_people_read(self, tmp_path: Path) -> None:
        folder = tmp_path / "locale"
        catalogue = folder / "ar" / "LC_MESSAGES" / "django.po"
        done = messages(folder, "ar")
        assert done.returncode == 0, done.stderr
        assert "warning" not in done.stderr
        words = {
            "No room has this code. Look at the wall once more: codes have six letters or digits, and old ones end.": "خطأ"
        }
        translate(catalogue, **{"Go on": "متابعة"}, **words)
        assert messages(folder).returncode == 0, "all languages that are there"
        with running(tmp_path / "data", LOCALE_DIR=str(folder)) as service:
            pages = {language: asked(service.url, language) for language in ("ar", "de")}
        assert '<html lang="ar" dir="rtl"' in pages["ar"]
        assert "متابعة" in pages["ar"]
        assert "خطأ" in pages["ar"]
        assert '<html lang="en" dir="ltr"' in pages["de"]
        assert "Go on" in pages["de"]

    def test_a_broken_placeholder_is_an_error(self, tmp_path: Path) -> None:
        catalogue = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
        messages(tmp_path, "fr")
        translate(catalogue, **{"Idea %(n)d is back.": "Revoici le no %(m)d."})
        done = messages(tmp_path, "fr")
        assert done.returncode == 1
        assert "django.po" in done.stderr + done.stdout


def asked(url: str, language: str) -> str:
    """The page of a wrong code, as a browser of this language gets it."""
    import httpx

    answer = httpx.post(f"{url}/join/", data={"code": "ZZZZZZ"}, headers={"Accept-Language": language, "Origin": url})
    return answer.text
