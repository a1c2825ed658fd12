"""Registers with Wagtail; decides nothing."""

from typing import Any

from django.contrib.auth.models import Permission
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.staticfiles import versioned_static

from . import publishing
from .editor import guards, override

hooks.register("before_publish_page", guards.refuse_incomplete)
hooks.register("after_publish_page", guards.tell_held_back)
hooks.register("after_publish_page", guards.tell_what_could_be_better)
hooks.register("before_bulk_action", guards.publish_one_by_one)
hooks.register("before_copy_page", guards.refuse_alias)
hooks.register("before_move_page", guards.keep_school)


@hooks.register("insert_global_admin_css")
def admin_css() -> str:
    """Return the link to the app's few rules for the admin."""
    return format_html(
        '<link rel="stylesheet" href="{}">', versioned_static("wagtail_senoffer/admin.css")
    )


@hooks.register("register_admin_urls")
def admin_urls() -> list[Any]:
    """Return the app's admin views."""
    return [
        path(
            "senoffer/publish-incomplete/<int:page_id>/",
            override.publish_incomplete,
            name="senoffer_override",
        )
    ]


@hooks.register("register_permissions")
def permissions() -> Any:
    """Return the permissions that a group can be given."""
    return Permission.objects.filter(
        content_type__app_label="wagtail_senoffer", codename="publish_incomplete"
    )


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """Register what the history says of a schedule that was refused."""
    actions.register_action(
        publishing.REFUSED, _("Not published"), _("Was due to go live, but is incomplete")
    )
