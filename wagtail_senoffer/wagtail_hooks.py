"""Registers with Wagtail; decides nothing."""

from typing import Any

from django.contrib.auth.models import Permission
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.staticfiles import versioned_static

from . import publishing, removal
from .bulk import actions as bulk
from .editor import (
    approval,
    buttons,
    checklist,
    choosers,
    choosing,
    drafts,
    glossary,
    guards,
    guide,
    hiding,
    listings,
    override,
    publish,
    redact,
    versions,
    word,
)
from .editor.reminders.panel import DueSoonPanel
from .editor.schools import MySchoolsPanel
from .trust import councils, differences, readers, republishing, texts, upload
from .trust import views as trust_views
from .trust.overview import school
from .trust.overview.views import OverviewMenuItem, OverviewView
from .verification import mending

hooks.register("before_publish_page", guards.refuse_incomplete)
hooks.register("before_publish_page", publish.ask_for_note)
hooks.register("after_publish_page", guards.tell_held_back)
hooks.register("after_publish_page", guards.tell_hidden)
hooks.register("after_publish_page", guards.tell_what_could_be_better)
hooks.register("before_bulk_action", guards.publish_one_by_one)
hooks.register("before_copy_page", guards.refuse_alias)
hooks.register("before_move_page", guards.keep_school)
hooks.register("before_bulk_action", texts.guard_bulk)
hooks.register("construct_page_chooser_queryset", choosers.hide_other_schools)
hooks.register("construct_reports_menu", hiding.hide_menu_item)
for action in bulk.ACTIONS:
    hooks.register("register_bulk_action", action)
choosing.register()
glossary.register()
texts.register()
councils.register()


@hooks.register("insert_global_admin_css")
def admin_css() -> str:
    """Return the link to the app's few rules for the admin."""
    return format_html(
        '<link rel="stylesheet" href="{}">', versioned_static("wagtail_senoffer/admin.css")
    )


@hooks.register("construct_homepage_panels")
def homepage_panels(request: Any, panels: list[Any]) -> None:
    """Show on the dashboard how one's schools stand, and what is due."""
    panels.append(MySchoolsPanel())
    panels.append(DueSoonPanel())


@hooks.register("register_admin_viewset")
def viewsets() -> list[Any]:
    """Return the listings with what a school asks of its pages."""
    return listings.viewsets()


@hooks.register("register_admin_urls")
def admin_urls() -> list[Any]:
    """Return the app's admin views."""
    document = "senoffer/versions/<int:page_id>/"
    return [
        path("senoffer/approval/<int:page_id>/", approval.approval, name="senoffer_approval"),
        path("senoffer/checklist/<int:page_id>/", checklist.draft, name="senoffer_checklist"),
        path("senoffer/guide/", guide.contents, name="senoffer_guide"),
        path("senoffer/guide/<slug:slug>/", guide.task, name="senoffer_guide_task"),
        path("senoffer/publish/<int:page_id>/", publish.publish, name="senoffer_publish"),
        path(
            "senoffer/publish-incomplete/<int:page_id>/",
            override.publish_incomplete,
            name="senoffer_override",
        ),
        path(document, versions.listing, name="senoffer_versions"),
        path(f"{document}assure/", versions.assure, name="senoffer_assure"),
        path(f"{document}new-year/", versions.new_year, name="senoffer_new_year"),
        path(f"{document}withdraw/", versions.withdraw, name="senoffer_withdraw"),
        path(f"{document}<int:number>/compare/", versions.compare, name="senoffer_compare"),
        path(f"{document}<int:number>/restore/", versions.restore, name="senoffer_restore"),
        path("senoffer/rollout/", upload.upload, name="senoffer_rollout"),
        path(
            "senoffer/register/",
            differences.DifferencesView.as_view(),
            name="senoffer_differences",
        ),
        path(
            "senoffer/register/results/",
            differences.DifferencesView.as_view(results_only=True),
            name="senoffer_differences_results",
        ),
        path(
            "senoffer/register/<int:page_id>/<str:field>/", differences.take, name="senoffer_take"
        ),
        path("senoffer/schools/", OverviewView.as_view(), name="senoffer_schools"),
        path(
            "senoffer/schools/results/",
            OverviewView.as_view(results_only=True),
            name="senoffer_schools_results",
        ),
        path("senoffer/schools/<int:school_id>/", school.school, name="senoffer_school"),
        path("senoffer/drift/", trust_views.DriftView.as_view(), name="senoffer_drift"),
        path(
            "senoffer/drift/results/",
            trust_views.DriftView.as_view(results_only=True),
            name="senoffer_drift_results",
        ),
        path("senoffer/republish/", trust_views.confirm, name="senoffer_republish"),
        path(
            "senoffer/republishing/<int:run_pk>/",
            trust_views.progress,
            name="senoffer_republishing",
        ),
        path(
            "senoffer/republishing/<int:run_pk>/go-on/", trust_views.resume, name="senoffer_resume"
        ),
        path("senoffer/word/<int:page_id>/", word.word, name="senoffer_word"),
        path("senoffer/former/", redact.former, name="senoffer_former"),
        path(
            "senoffer/redact/<uuid:key>/<str:locale>/<int:number>/",
            redact.redact,
            name="senoffer_redact",
        ),
    ]


@hooks.register("register_help_menu_item")
def guide_menu_item() -> MenuItem:
    """Offer the guide first among Wagtail's help."""
    label = _("How to publish your SEND pages")
    return MenuItem(
        label, reverse("senoffer_guide"), name="senoffer-guide", icon_name="help", order=900
    )


@hooks.register("register_reports_menu_item")
def former_menu_item() -> Any:
    """Offer the documents whose pages were deleted among Wagtail's reports."""
    label = _("Documents without a page")
    return buttons.FormerMenuItem(
        label, reverse("senoffer_former"), name="senoffer-former", icon_name="history", order=1200
    )


@hooks.register("register_reports_menu_item")
def overview_menu_item() -> Any:
    """Offer the table of schools and sections first among Wagtail's reports."""
    return OverviewMenuItem()


@hooks.register("register_reports_menu_item")
def differences_menu_item() -> Any:
    """Offer the report on the register and the pages."""
    return differences.DifferencesMenuItem()


@hooks.register("register_settings_menu_item")
def rollout_menu_item() -> Any:
    """Offer setting up schools."""
    return upload.RolloutMenuItem()


@hooks.register("register_group_permission_panel")
def readers_panel() -> Any:
    """Return the panel of a group's form in which it may read of schools."""
    return readers.SchoolReaderFormSet


@hooks.register("register_reports_menu_item")
def drift_menu_item() -> Any:
    """Offer the report of who still has the trust's old words among Wagtail's reports."""
    return trust_views.DriftMenuItem(
        _("Trust texts"), reverse("senoffer_drift"), name="senoffer-drift", icon_name="group"
    )


@hooks.register("register_page_header_buttons")
def header_buttons(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """Offer what can be done with a document besides writing it."""
    yield from buttons.versions(page, user)
    yield from buttons.word(page, user)
    yield from buttons.approval(page, user)


@hooks.register("register_page_listing_more_buttons")
def listing_buttons(page: Any, user: Any, next_url: str | None = None) -> Any:
    """Offer "Versions" in the listing's menu, too."""
    yield from buttons.versions(page, user)


@hooks.register("register_permissions")
def permissions() -> Any:
    """Return the permissions that a group can be given."""
    return Permission.objects.filter(
        content_type__app_label="wagtail_senoffer",
        codename__in=("publish_incomplete", "redact_version", "roll_out_schools"),
    )


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """Register what the history says of the app's own actions."""
    for action, label, message in (
        (publishing.REFUSED, _("Not published"), _("Was due to go live, but is incomplete")),
        (versions.ASSURED, _("Still correct"), _("Said that it is still correct")),
        (drafts.RESTORED, _("Version restored"), _("Restored an earlier version as a draft")),
        (drafts.NEW_YEAR, _("New year started"), _("Started the draft of a new year")),
        (drafts.WORD, _("Filled in from Word"), _("Filled in from a Word document")),
        (mending.MENDED, _("Record mended"), _("Mended the public record")),
        (
            republishing.REPUBLISHED,
            _("Trust's text updated"),
            _("Published again with the trust's new text"),
        ),
        (removal.REDACTED, _("Words removed"), _("Removed words from a published version")),
    ):
        actions.register_action(action, label, message)
