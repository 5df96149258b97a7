"""Where a text is still to be found: in any column of any table, or in any file of a folder."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection


def columns_with(text: str) -> set[str]:
    """The columns ("app.Model.field") of all tables that hold `text` in any row, whatever their kind."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        names = [field.name for field in model._meta.concrete_fields]
        for row in model._base_manager.values_list(*names):
            found |= {
                f"{model._meta.label}.{name}" for name, value in zip(names, row, strict=True) if text in str(value)
            }
    return found


def files_with(text: str, folder: Path) -> set[str]:
    """The files under `folder` whose bytes hold `text`, in UTF-8."""
    return {str(path) for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()}


def database_files_with(text: str) -> set[str]:
    """The same for SQLite's files of the tests' database, the write-ahead log included."""
    if connection.vendor != "sqlite":
        return set()
    name = Path(connection.settings_dict["NAME"])
    assert name.parent == Path(settings.DATA_DIR)
    return {path for path in files_with(text, name.parent) if Path(path).name.startswith(name.name)}
