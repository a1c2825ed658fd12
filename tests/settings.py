"""The example site, with everything that can publish a page switched on."""

import wagtail

from example_site.settings import *  # noqa: F403
from example_site.settings import DATABASES, INSTALLED_APPS, VAR_DIR

INSTALLED_APPS = [
    "tests",
    "wagtail_localize",
    "wagtail_localize.locales",
    *INSTALLED_APPS,
]
if wagtail.VERSION >= (8, 0):
    INSTALLED_APPS.insert(0, "wagtail.api.v3")
ROOT_URLCONF = "tests.urls"
SECRET_KEY = "only-for-the-tests"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "school.example", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

LANGUAGES = [("en", "English"), ("pl", "Polski")]
LANGUAGE_CODE = "en"
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True

if "postgresql" in DATABASES["default"]["ENGINE"]:
    # What is tested is what others see, and what a killed client leaves; not a power cut.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
if "sqlite3" in DATABASES["default"]["ENGINE"]:
    # A file: several connections must meet in it.
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    # Thirty-two threads queue for one write lock, and SQLite lets them wait in no order.
    DATABASES["default"]["OPTIONS"]["timeout"] = 300
