"""Settings of the portal, from the environment (.env.example explains each)."""

import os
import zoneinfo

# First thing: the system's zone files may still believe that Morocco is on UTC+1.
zoneinfo.reset_tzpath(to=())

from datetime import timedelta  # noqa: E402
from email.utils import parseaddr  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import environ  # noqa: E402
from csp.constants import NONE, SELF  # noqa: E402
from django.utils.translation import gettext_lazy as _  # noqa: E402

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
ENV_FILE = Path(os.environ.get("PORTAL_ENV_FILE", BASE_DIR / ".env"))
if ENV_FILE.is_file():
    env.read_env(ENV_FILE)

DEBUG = env.bool("DEBUG", default=False)
# Empty values are named by the start check, not by a traceback: `migrate` must still run.
SECRET_KEY = env.str("SECRET_KEY", default="") or ("development-only-" * 4 if DEBUG else "unset")
LINK_KEY = env.str("LINK_KEY", default="") or ("development-only-links-" * 3 if DEBUG else "unset")
# Never rotates. In development the key of the links will do.
ADDRESS_KEY = env.str("ADDRESS_KEY", default="") or (LINK_KEY if DEBUG else "unset")
LINK_KEY_FALLBACKS = env.list("LINK_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
# Where the links in mails, calendars and documents lead.
SITE_URL = env.str("SITE_URL", default="http://localhost:8000")
# A venue on a map application, at street zoom; without it pages have no such link.
MAP_LINK = env.str(
    "MAP_LINK", default="https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=17/{lat}/{lon}"
)
CLOCK_OFFSET_SECONDS = env.int("CLOCK_OFFSET_SECONDS", default=0)
# The state of the declaration to the CNDP, as the ONMT gives it; nothing is invented.
CNDP_REFERENCE = env.str("CNDP_REFERENCE", default="").strip()
CNDP_WAIVER = env.str("CNDP_WAIVER", default="").strip()
# Names in Tifinagh: off until IRCAM has validated them; the two of the house are given, never made up here.
TIFINAGH_SHELL = env.bool("TIFINAGH_SHELL", default=False)
TIFINAGH_INSTITUTION = env.str("TIFINAGH_INSTITUTION", default="")
TIFINAGH_TOUR = env.str("TIFINAGH_TOUR", default="")

INSTALLED_APPS = [
    "onmt_tour",
    "press",
    "professionals",
    "meetings",
    "regions",
    "accounts",
    "outbox",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "phonenumber_field",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",  # ships the script that the agenda loads
]

MIDDLEWARE = [
    "onmt_tour.public_pages.PublicPages",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "onmt_tour.errors.Explained",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Closed by default: a public view says so with @login_not_required.
    "accounts.middleware.ClosedByDefault",
    "accounts.second_factor.SecondFactorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

# What each web process keeps of public answers, in bytes; 0 keeps none.
PUBLIC_PAGES_BYTES = env.int("PUBLIC_PAGES_BYTES", default=16_000_000)

ROOT_URLCONF = "onmt_tour.urls"
WSGI_APPLICATION = "onmt_tour.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["onmt_tour.templatetags.remembered_urls"],
            "libraries": {"i18n": "onmt_tour.templatetags.remembered_words"},
        },
    },
]

# Django warns of two libraries of one name: that of `i18n` is meant, a test sees that it is the only one.
SILENCED_SYSTEM_CHECKS = ["templates.W003"]

# manage.py and `make run` fill DATABASE_URL and REDIS_URL from the embedded services when unset.
DATABASES = {"default": env.db("DATABASE_URL", default="postgres://portal@/portal")}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
REDIS_PREFIX = env.str("REDIS_PREFIX", default="portal:")

CACHES = {
    "default": {
        "BACKEND": "accounts.attempts.Cache",  # Redis; signing in survives its absence
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_PREFIX.rstrip(":"),
        # A cache that is away must not hold a request: it is an error at once.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": REDIS_PREFIX,
    "visibility_timeout": 3600,
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "outbox.tasks.read_mailbox": {"queue": "default"},  # the first that fits
    "outbox.tasks.*": {"queue": "mail"},
}
CELERY_TASK_PUBLISH_RETRY = False  # a broker that is down must not hold a request: the sweep rings later
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # LOGGING below masks what no log may keep
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "outbox.tasks.sweep", "schedule": 60.0},
    "mailbox": {"task": "outbox.tasks.read_mailbox", "schedule": 120.0},
    "old bodies": {"task": "outbox.tasks.empty_old_bodies", "schedule": 24 * 3600.0},
    "queues": {"task": "professionals.tasks.move_queues_up", "schedule": 60.0},
    "offers": {"task": "professionals.tasks.let_offers_lapse", "schedule": 60.0},
    "delegations": {"task": "professionals.tasks.keep_delegations", "schedule": 60.0},
    "held seats": {"task": "meetings.tasks.release_held_seats", "schedule": 60.0},
    "orders": {"task": "meetings.tasks.take_up_orders", "schedule": 60.0},
    "reminders": {"task": "meetings.tasks.write_due_reminders", "schedule": 300.0},
    "private papers": {"task": "meetings.tasks.sweep_private_documents", "schedule": 3600.0},
    "merges": {"task": "professionals.tasks.forget_merges", "schedule": 3600.0},
    "lost links": {"task": "professionals.tasks.answer_lost_links", "schedule": 60.0},
    "second mails": {"task": "professionals.tasks.ask_again", "schedule": 600.0},
    "forgotten requests": {"task": "professionals.tasks.forget_expired_requests", "schedule": 3600.0},
}

# Without EMAIL_URL mail goes to files under var/mail.
EMAIL_URL = env.str("EMAIL_URL", default="")
MAIL_DIR = VAR_DIR / "mail"
# Where the relay does not sign (DKIM), the workers do.
DKIM_SELECTOR = env.str("DKIM_SELECTOR", default="")
DKIM_KEY_FILE = env.str("DKIM_KEY_FILE", default="")
DKIM_DOMAIN = env.str("DKIM_DOMAIN", default="")
# Each worker process keeps so many connections to the mail server, and has one mail under way on each.
MAIL_CONNECTIONS = env.int("MAIL_CONNECTIONS", default=4)
# At most so many leave in a minute, of all mails and of those to one domain; 0: as many as the server takes.
MAIL_PER_MINUTE = env.int("MAIL_PER_MINUTE", default=0)
MAIL_PER_DOMAIN_PER_MINUTE = env.int("MAIL_PER_DOMAIN_PER_MINUTE", default=0)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="tournee@portal.example")
# Where what comes back of mails goes, and is read: notices of failure, complaints, answers of calendars.
# MAILBOX_URL is that mailbox by IMAP; REPLIES_ADDRESS its address, where calendars answer ("*": with a tag);
# RETURN_PATH the sender on the envelope, which servers tell that they could not deliver.
MAILBOX_URL = env.str("MAILBOX_URL", default="")
REPLIES_ADDRESS = env.str("REPLIES_ADDRESS", default="").strip()
RETURN_PATH = env.str("RETURN_PATH", default="").strip()
# Who answers requests for access, rectification and opposition (law 09-08).
PRIVACY_EMAIL = env.str("PRIVACY_EMAIL", default=parseaddr(DEFAULT_FROM_EMAIL)[1])

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
# Where those land whom the administration does not let in, by role.
ROLE_HOMES = {"press": "press_desk:index", "door": "day:mine"}
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# The team makes the accounts: their addresses need no proof, and strangers no answer.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reset_password": "accounts.forms.ForgottenForm",
}
# Against one account from many places; one place against it is axes' business.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,10/5m/key"}
MFA_ADAPTER = "accounts.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.CodeAgainForm",
    "activate_totp": "accounts.forms.FirstCodeForm",
}
MFA_TOTP_ISSUER = "ONMT"
MFA_TOTP_TOLERANCE = 1  # telephones are late by a few seconds
SECOND_FACTOR_REQUIRED = not DEBUG  # accounts/second_factor.py
PASSWORD_RESET_TIMEOUT = 24 * 3600
# Kept in the database: losing Redis must not open the door.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # the journal says who signed in
AXES_ENABLE_ADMIN = False  # its lists let the database convert time zones; accounts/admin.py has our own
AXES_CLIENT_IP_CALLABLE = "accounts.client_address.client_address"
AXES_USERNAME_CALLABLE = "accounts.adapter.attempted_address"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("français")), ("ar", _("arabe")), ("en", _("anglais"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["onmt_tour.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # Morocco is converted by regions.legal_time alone

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# What the press is given: photos and documents, served by the portal itself. Private: no server of
# static files may look in here.
MEDIA_ROOT = Path(env.str("MEDIA_DIR", default=str(VAR_DIR / "media")))
FONT_DIR = VAR_DIR / "fonts"  # the Arabic face of the PDFs, built when it is not there
DOCUMENT_DIR = VAR_DIR / "documents"  # PDFs, made from releases; may be emptied at any time
PRIVATE_DOCUMENT_DIR = VAR_DIR / "private-documents"  # sheets with names; emptied within a day

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "onmt_tour.errors.forged"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600  # a working day
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # a load balancer asks in plain http
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
PHONENUMBER_DEFAULT_REGION = "MA"
PHONENUMBER_DB_FORMAT = "E164"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask_tokens": {"()": "onmt_tour.masking.MaskTokens"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["mask_tokens"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    # Django's own handlers would write past the mask.
    "loggers": {name: {"handlers": [], "propagate": True} for name in ("django", "django.server")},
}
