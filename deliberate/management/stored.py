"""What a command that stores needs of the database before it begins."""

from __future__ import annotations

from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def tables_are_there() -> None:
    """A new SQLite file gets its tables, so that no other command has to come first. CommandError where a database has some
    and lacks others, or is a server's: nothing may change these but who says so."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if connection.vendor != "sqlite" or executor.loader.applied_migrations:
        raise CommandError("The database is not up to date. Type `deliberate migrate` first.")
    call_command("migrate", verbosity=0, interactive=False)
