"""Settings, all from the environment. docs/operations.md holds the table of what may be set."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.conf.locale import LANG_INFO

env = environ.Env()
ROOT = Path(__file__).resolve().parent.parent

#: Where a newcomer's data lives: the SQLite file, the secret key, collected static files.
DATA_DIR = Path(env.str("DATA_DIR", default="data")).resolve()


def _secret_key() -> str:
    """The key from the environment, else one made once and kept in the data folder, readable by its owner alone."""
    given = str(env.str("SECRET_KEY", default=""))
    if given:
        return given
    path = DATA_DIR / "secret_key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


SECRET_KEY = _secret_key()
#: Where the keys are kept that sign voters' tokens, encrypted by SECRET_KEY; shared by machines that serve the same events.
KEYS_DIR = Path(env.str("KEYS_DIR", default=str(DATA_DIR / "signer" / "keys"))).resolve()
#: How many of them are made in advance: one is needed for each group of a poll that opens.
SIGNER_POOL = env.int("SIGNER_POOL", default=12)
#: Where blind ballots go: a path of this service, or an origin that leads to the ballot box alone.
BALLOT_BOX = env.str("BALLOT_BOX", default="/box/").rstrip("/") + "/"
#: The path under which this service itself answers as the ballot box.
BALLOT_BOX_PATH = BALLOT_BOX if BALLOT_BOX.startswith("/") else "/box/"
BALLOT_BOX_ORIGIN = [] if BALLOT_BOX.startswith("/") else ["/".join(BALLOT_BOX.split("/")[:3])]
DEBUG = env.bool("DEBUG", default=False)
DEFAULT_EXCEPTION_REPORTER = "deliberate.shell.log.BareReporter"
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
#: The address people type, with its scheme; QR codes and the origin check use it. Empty: what the request says.
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/")
SECURE = PUBLIC_URL.startswith("https://")


def _name_of_the_box() -> str:
    """The host, as a request names it, under which there is nothing but the ballot box; "" where it has no name to itself."""
    box, public = urlsplit(BALLOT_BOX), urlsplit(PUBLIC_URL)
    if not BALLOT_BOX_ORIGIN or box.path != "/" or box.netloc == public.netloc:
        return ""
    default = {"https": ":443", "http": ":80"}.get(box.scheme, "")
    return str(box.netloc).lower().removesuffix(default)


BALLOT_BOX_HOST = _name_of_the_box()

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "django_htmx",
    "deliberate",
    "rooms",
    "polls",
]

# A seat is read from its own cookie. Sessions and accounts are for the desk alone, where hosts keep many events: the
# session's cookie is bound to its path and read only there.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "deliberate.door.origin.OriginMiddleware",
    "deliberate.door.views.PrivacyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "deliberate.urls"
ASGI_APPLICATION = "deliberate.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "frontend" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
            ],
            "builtins": ["deliberate.templatetags.live", "django.templatetags.i18n", "django.templatetags.static"],
            "loaders": [("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"


#: Connections to PostgreSQL that one process may hold.
DATABASE_POOL = env.int("DATABASE_POOL", default=20)


def _database() -> dict[str, Any]:
    url = env.str("DATABASE_URL", default="")
    if url:
        config: dict[str, Any] = env.db_url_config(url)
        if config["ENGINE"] == "django.db.backends.postgresql":
            from deliberate.postgresql import Cursor  # psycopg comes with it, which SQLite does without

            # A request's thread ends with it, so connections are kept by a pool, not by threads.
            options = {"pool": {"min_size": 2, "max_size": DATABASE_POOL, "timeout": 10}}
            config.setdefault("OPTIONS", {}).update(options, server_side_binding=True, cursor_factory=Cursor)
        return config
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "deliberate.sqlite3",
        "OPTIONS": {
            # Several threads write: take the write lock at the start, wait for it, and survive a pulled plug.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
        },
        "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

#: How several processes tell each other what to look at again. One address, or several divided by commas.
REDIS_URLS: list[str] = [url for url in env.str("REDIS_URL", default="").replace(" ", "").split(",") if url]
#: The addresses lead into one Redis Cluster, spoken to by sharded pub/sub.
REDIS_SHARDED = env.bool("REDIS_SHARDED", default=False)

LANGUAGE_CODE = "en"
#: A folder a language, each with a catalogue (docs/translating.md). Whatever has a compiled one is offered.
LOCALE_DIR = Path(env.str("LOCALE_DIR", default=str(ROOT / "frontend" / "locale"))).resolve()
LOCALE_PATHS = [LOCALE_DIR]
LANGUAGES = [
    ("en", "English"),
    *(
        (code, str(LANG_INFO.get(code, {}).get("name_local", code)))
        for code in sorted(
            path.parent.parent.name.replace("_", "-").lower() for path in LOCALE_DIR.glob("*/LC_MESSAGES/django.mo")
        )
    ),
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [ROOT / "frontend" / "static"]
# Apps bring no files that our pages name.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder", "frontend.packs.PacksFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "media-src": ["'self'"],
        "connect-src": ["'self'", *BALLOT_BOX_ORIGIN],
        "form-action": ["'self'", *BALLOT_BOX_ORIGIN],
        "frame-ancestors": ["'self'"],
        "base-uri": ["'none'"],
    }
}
# same-origin, not no-referrer: under no-referrer a browser sends "Origin: null" with a form, and the origin check needs it.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_PATH = "/desk/"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "desk"
LOGIN_URL = "desk_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "desk_login"
if SECURE:
    SECURE_HSTS_SECONDS = 31_536_000
    # Both bind the operator's whole domain: theirs to decide.
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", default=False)
    SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# What `check --deploy` asks for and is done otherwise, or is not ours to decide:
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # X-Frame-Options: the policy above says frame-ancestors, which every browser of today obeys
    "security.W003",  # tokens in forms: docs/decisions/0004-forms-without-tokens.md
    "security.W005",  # HSTS_SUBDOMAINS binds the operator's whole domain
    "security.W021",  # and so does HSTS_PRELOAD
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

#: The largest form, as deliberate/shell/server.py bounds every body: a transcript to bring in.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 2**20

# Nothing may log an address: Django's request and server loggers would; they are silenced, errors go through ours.
LOG_LEVEL = str(env.str("LOG_LEVEL", default="INFO"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"none": {"class": "logging.NullHandler"}},
    "loggers": {
        "django.request": {"handlers": ["none"], "propagate": False},
        "django.server": {"handlers": ["none"], "propagate": False},
        "django.security": {"handlers": ["none"], "propagate": False},
        "daphne": {"handlers": ["none"], "propagate": False},
        "uvicorn": {"handlers": ["none"], "propagate": False},
    },
}

# The live engine. Seconds and bytes.
LIVE_TICK_S = env.float("LIVE_TICK_S", default=0.2)
LIVE_SWEEP_S = env.float("LIVE_SWEEP_S", default=15.0)
LIVE_FRAME_LIMIT_BYTES = 16_384
LIVE_WINDOW_BYTES = env.int("LIVE_WINDOW_BYTES", default=131_072)
LIVE_STALL_S = env.float("LIVE_STALL_S", default=30.0)

#: Whether suggestions compare meaning too, where the extra `semantic` is installed; else words alone.
SUGGEST_BY_MEANING = env.bool("SUGGEST_BY_MEANING", default=True)

#: How many proxies stand in front, each adding to X-Forwarded-For; 0: the header is not read.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
#: Multiplies every limit of the door, for a rehearsal that does in seconds what a room does in hours.
LIMIT_FACTOR = env.float("LIMIT_FACTOR", default=1.0)
#: How often a running process deletes what is due.
PURGE_EVERY_S = env.int("PURGE_EVERY_S", default=3600)
#: Whether /metrics answers others than this machine itself.
METRICS_OPEN = env.bool("METRICS_OPEN", default=False)
#: Open lines of one seat in a process: tabs, devices, and those that a weak network has not let go yet.
LIMIT_LINES_PER_SEAT = env.int("LIMIT_LINES_PER_SEAT", default=8)
#: Open lines in one process, and in one room of it.
LIMIT_LINES_PER_PROCESS = env.int("LIMIT_LINES_PER_PROCESS", default=15_000)
LIMIT_LINES_PER_ROOM = env.int("LIMIT_LINES_PER_ROOM", default=15_000)
# Captions by a machine (docs/features/captions.md).
#: What hears: "package.module:Class".
CAPTIONS_ENGINE = env.str("CAPTIONS_ENGINE", default="rooms.captions.whisper:Whisper")
#: A folder with a model, or the name of one that lies in Hugging Face's cache here. Empty: the one that came along.
CAPTIONS_MODEL = env.str("CAPTIONS_MODEL", default="")
#: The language that is spoken, as two letters; empty: the model finds out.
CAPTIONS_LANGUAGE = env.str("CAPTIONS_LANGUAGE", default="en")
#: Threads of one engine, and the precision it computes with.
CAPTIONS_THREADS = env.int("CAPTIONS_THREADS", default=1)
CAPTIONS_PRECISION = env.str("CAPTIONS_PRECISION", default="int8")
#: Microphones that one process listens to at the same time: each is a process with a model of its own.
CAPTIONS_MICROPHONES = env.int("CAPTIONS_MICROPHONES", default=4)
# The door: acts per minute and seat, and refused guesses of a code per minute.
LIMIT_ACTS_PER_MINUTE = env.int("LIMIT_ACTS_PER_MINUTE", default=240)
LIMIT_PAGES_PER_MINUTE = env.int("LIMIT_PAGES_PER_MINUTE", default=240)
LIMIT_IDEAS_PER_MINUTE = env.int("LIMIT_IDEAS_PER_MINUTE", default=10)
#: Changes of one blind ballot, where a poll allows them.
LIMIT_CHANGES_PER_MINUTE = env.int("LIMIT_CHANGES_PER_MINUTE", default=30)
#: Rows of one kind that a room holds (or an event, of rooms and links): ideas, polls, points, turns, pieces of words.
LIMIT_ROWS = env.int("LIMIT_ROWS", default=10000)
LIMIT_FRAMES_PER_SECOND = env.int("LIMIT_FRAMES_PER_SECOND", default=20)
#: New seats by one link a minute: a hall of 500 comes in within two, a script that makes seats is slowed.
LIMIT_JOINS_PER_MINUTE = env.int("LIMIT_JOINS_PER_MINUTE", default=300)
LIMIT_GUESSES_PER_MINUTE = env.int("LIMIT_GUESSES_PER_MINUTE", default=30)
LIMIT_ALL_GUESSES_PER_MINUTE = env.int("LIMIT_ALL_GUESSES_PER_MINUTE", default=600)
#: Of how many each is one that takes its share of the two limits above: machines, as told here; `serve --workers` tells
#: each of its own, too.
LIMIT_SHARED_BY = max(1, env.int("LIMIT_SHARED_BY", default=1))
