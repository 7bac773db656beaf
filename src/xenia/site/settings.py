"""Django's settings, made from `options.py` only."""

from __future__ import annotations

import re
import secrets
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from xenia.errors import BadInput
from xenia.site import options
from xenia.site.keeping import logs

VALUES = options.read()
HERE = Path(__file__).resolve().parent

XENIA_HOME = options.home(VALUES)
XENIA_DEMO = VALUES["DEMO"]
XENIA_UNIT = options.unit(XENIA_HOME)
XENIA_SEALED = bool(XENIA_UNIT) and (XENIA_HOME / "keys" / "store.json").exists()
XENIA_OPENING = VALUES["OPENING"]
XENIA_PIN_OPENS = VALUES["PIN_OPENS"]
XENIA_STATE = (XENIA_UNIT["state"] if XENIA_UNIT else VALUES["STATE"]).strip().upper()


def _checked_levels() -> None:
    """Raises `BadInput` (code `bad-setting`) for a day or a release that is none, or a lease out of bounds."""
    try:
        day, oldest = VALUES["UNIT_UPDATE_BY"], VALUES["UNIT_OLDEST"]
        wrong = (day and not date.fromisoformat(day)) or (oldest and not re.fullmatch(r"[0-9]+(\.[0-9]+){0,3}", oldest))
    except ValueError:
        wrong = True
    if wrong:
        raise BadInput(
            "XENIA_UNIT_OLDEST is no release, or XENIA_UNIT_UPDATE_BY no day.",
            "Use 0.1.0 and 2026-12-31.",
            code="bad-setting",
        )
    if not 1 <= VALUES["UNIT_ALONE_HOURS"] <= 336:
        raise BadInput("XENIA_UNIT_ALONE_HOURS is no number from 1 to 336.", "Use 72.", code="bad-setting")


_checked_levels()
XENIA_UNIT_LEVELS = {name[5:].lower(): value for name, value in VALUES.items() if name.startswith("UNIT_")}
XENIA_UNIT_SWAP_REFUSES = VALUES["UNIT_SWAP_REFUSES"]
XENIA_SEAL_MS = VALUES["SEAL_MS"]
XENIA_DAILY_HOUR = VALUES["DAILY_HOUR"]
XENIA_DOOR = {name: VALUES[f"DOOR_{name}"] for name in ("LONGEST_S", "BYTES_PER_S")}
XENIA_NODE = XENIA_UNIT["node"] if XENIA_UNIT else VALUES["NODE"]
XENIA_IDLE_MINUTES = VALUES["IDLE_MINUTES"]
XENIA_SESSION_HOURS = VALUES["SESSION_HOURS"]
XENIA_PKCS11 = {name: VALUES[f"PKCS11_{name}"] for name in ("MODULE", "TOKEN", "PIN", "KEY")}
XENIA_CA_PASSPHRASE = VALUES["CA_PASSPHRASE"]
XENIA_RP_ID = VALUES["RP_ID"].strip().lower()
XENIA_METRICS_TOKEN = VALUES["METRICS_TOKEN"]


def _secret_key() -> str:
    if VALUES["SECRET_KEY"]:
        return str(VALUES["SECRET_KEY"])
    path = XENIA_HOME / "keys" / "secret.key"
    if not path.exists():
        XENIA_HOME.mkdir(parents=True, exist_ok=True, mode=0o700)  # first: `parents` gives no mode to a parent
        path.parent.mkdir(exist_ok=True, mode=0o700)
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50), encoding="ascii")
        fresh.replace(path)
    return path.read_text(encoding="ascii")


def database_of(url: str) -> dict[str, Any]:
    """Django's settings of the database at this address; of the SQLite file in HOME for an empty one."""
    if not url:
        XENIA_HOME.mkdir(parents=True, exist_ok=True, mode=0o700)
        return {
            "ENGINE": "xenia.units.store.database" if XENIA_SEALED else "django.db.backends.sqlite3",
            "NAME": str(XENIA_HOME / "xenia.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                " PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise BadInput(
            "XENIA_DATABASE is not a PostgreSQL address.", "Use postgresql://user@host:port/name.", code="bad-setting"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


SECRET_KEY = _secret_key()
DATABASES = {"default": database_of(VALUES["DATABASE"])}
DEBUG = False
ALLOWED_HOSTS = VALUES["HOSTS"]
CSRF_TRUSTED_ORIGINS = VALUES["ORIGINS"]
ROOT_URLCONF = "xenia.site.urls"
WSGI_APPLICATION = "xenia.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = VALUES["ZONE"]
AUTH_USER_MODEL = "access.Account"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_htmx",
    "csp",
    "ninja",
    "xenia.journal",
    "xenia.access",
    "xenia.work",
    "xenia.identity",
    "xenia.exchange",
    "xenia.registers",
    "xenia.registers.stays",
    "xenia.registers.reference",
    "xenia.cases",
    "xenia.frontier",
    "xenia.frontier.second",
    "xenia.frontier.shift",
    "xenia.units",
    "xenia.insight",
    "xenia.insight.watching",
    "xenia.insight.tailing",
    "xenia.insight.saved",
    "xenia.oversight",
    "xenia.site",
    "xenia.site.standby",
]

MIDDLEWARE = [
    "xenia.site.keeping.logs.RequestLog",
    "xenia.site.wire.Gzip",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "xenia.site.standby.middleware.Serving",
    "django.middleware.csrf.CsrfViewMiddleware",
    "xenia.units.store.middleware.Locked",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "xenia.units.middleware.Leased",
    "xenia.access.middleware.Door",
    "xenia.site.context.PostZone",
    "xenia.site.pages.never_blank",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates", HERE.parent / "access" / "templates"],  # before allauth's own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "xenia.site.context.chrome",
            ],
        },
    }
]

STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 7 * 24 * 3600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "xenia.site.wire.NamedStorage"},
}

LANGUAGE_CODE = VALUES["LANGUAGE"]
LANGUAGES = [
    ("en", "English"),
    ("fr", "Français"),
    ("ar", "العربية"),
    ("az", "Azərbaycanca"),
    ("ru", "Русский"),
    ("ka", "ქართული"),
]
LOCALE_PATHS = [HERE / "locale"]
FORMAT_MODULE_PATH = ["xenia.site.formats"]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "xenia.access.sign_in.Backend",
    "xenia.units.pins.Backend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

XENIA_ERROR_PAGE = "xenia.site.pages.error"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "xenia.access.sign_in.Adapter"
ACCOUNT_FORMS = {
    "login": "xenia.access.sign_in.LoginForm",
    "change_password": "xenia.access.sign_in.ChangePasswordForm",
}
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False  # axes locks out, by account and address, and every failure is journalled
MFA_ADAPTER = "xenia.access.second_factor.Adapter"
MFA_FORMS = {
    "authenticate": "xenia.access.second_factor.AuthenticateForm",
    "add_webauthn": "xenia.access.passkeys.AddForm",
    "edit_webauthn": "xenia.access.passkeys.EditForm",
    "login_webauthn": "xenia.access.passkeys.LoginForm",
    "authenticate_webauthn": "xenia.access.passkeys.SecondForm",
    "reauthenticate_webauthn": "xenia.access.passkeys.AgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}  # a whole shift signs in behind one address; passkeys are not guessed
MFA_TOTP_ISSUER = "Xenia"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "xenia.access.lockout.username"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_CALLABLE = "xenia.access.lockout.response"
AXES_CLIENT_IP_CALLABLE = "xenia.access.lockout.address"
AXES_SENSITIVE_PARAMETERS = [
    "username",
    "ip_address",
    "login",
    "code",
    "pin",
    "pin_again",
    "now",
    "next",
    "csrfmiddlewaretoken",
]
AXES_VERBOSE = False

SESSION_ENGINE = "xenia.access.sessions"
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = XENIA_SESSION_HOURS * 3600
if XENIA_DEMO:  # its installations stand at one address with different ports, which browsers keep no cookies apart by
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"session-{XENIA_NODE}", f"csrf-{XENIA_NODE}"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if VALUES["TLS"] or VALUES["TLS_CERTIFICATE"]:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health(/|$)", r"^metrics$"]  # asked by watchers on this machine, without personal data
    if not VALUES["TLS_CERTIFICATE"]:  # a proxy ends TLS; where Xenia does, nobody's header is believed
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_HANDLERS = ["xenia.registers.lists.uploads.HomeUpload"]
if XENIA_UNIT:  # nothing that is uploaded there touches the disk: no list is loaded at a unit, and pictures are small
    FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
    FILE_UPLOAD_MAX_MEMORY_SIZE = 30_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
LOGGING = logs.config(VALUES["LOG"])
