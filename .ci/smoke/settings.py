"""The least that a Wagtail site with this app needs."""

from pathlib import Path

FOLDER = Path(__file__).parent
DEBUG = True
SECRET_KEY = "only-for-the-smoke-test"  # noqa: S105
ALLOWED_HOSTS = ["localhost", "testserver"]
ROOT_URLCONF = "urls"
INSTALLED_APPS = [
    "wagtail_senoffer",
    "wagtail.contrib.settings",
    "wagtail.users",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.admin",
    "wagtail.search",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "wagtail_senoffer.editor.middleware.RefusalMiddleware",
    "wagtail_senoffer.web.routing.FormerPagesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "site.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
USE_TZ = True
WAGTAIL_SITE_NAME = "Smoke test"
WAGTAILADMIN_BASE_URL = "http://localhost"
