"""The app's configuration: wiring only."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SenOfferConfig(AppConfig):
    """SEN information reports and School Offers."""

    name = "wagtail_senoffer"
    label = "wagtail_senoffer"
    verbose_name = _("SEN information reports")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect checks and receivers; where they are installed, settings and wagtail-localize."""
        from django.apps import apps

        from . import checks, receivers  # noqa: F401
        from .bulk import work
        from .editor import link_tasks, notices

        receivers.connect()
        notices.connect()
        link_tasks.connect()
        work.connect()
        if apps.is_installed("wagtail.contrib.settings"):
            from wagtail.contrib.settings.registry import register_setting

            from .models.settings import SiteSettings

            register_setting(SiteSettings, icon="clipboard-list")
        if apps.is_installed("wagtail_localize"):
            from . import languages

            languages.connect()
