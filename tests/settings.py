"""The product's settings in a data folder that is thrown away, with static files served under their plain names."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="deliberate-tests-"))
# Each of several processes has a folder of its own: a signer of one destroys the keys of polls that its database has not.
worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if worker and Path(os.environ["DATA_DIR"]).name.startswith("deliberate-tests-"):  # and no folder that a test has named
    os.environ["DATA_DIR"] = str(Path(os.environ["DATA_DIR"]) / worker)

from deliberate.settings import *  # noqa: E402, F403

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
(Path(os.environ["DATA_DIR"]) / "static").mkdir(parents=True, exist_ok=True)
# Suggestions compare words here; what reads meaning takes a second to load, and is tested where it is meant.
SUGGEST_BY_MEANING = False
