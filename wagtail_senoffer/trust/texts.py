"""The trust's texts in the admin: a snippet, for who may edit at the page that it is for (P9)."""

from functools import wraps
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from wagtail import permissions
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Locale
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy

from ..models.trust import TrustText, place_choices

# What a page must allow, for who does something with a text for the schools below it.
_NEEDS = {"publish": "publish", "unpublish": "publish"}


class TrustTextPolicy(ModelPermissionPolicy):
    """A group's permission for trust texts counts only where it may edit pages (P9)."""

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        """Say whether the user may, and may also edit or publish the page that it is for."""
        if not self.user_has_permission(user, action):
            return False
        return places(user, _NEEDS.get(action, "change")).filter(pk=instance.place_id).exists()

    def user_has_any_permission_for_instance(self, user: Any, actions: Any, instance: Any) -> bool:
        """Say whether the user may do one of several things."""
        return any(self.user_has_permission_for_instance(user, each, instance) for each in actions)

    def instances_user_has_permission_for(self, user: Any, action: str) -> Any:
        """Return the texts with which the user may do something."""
        found = TrustText.objects.filter(place__in=places(user, _NEEDS.get(action, "change")))
        return found if self.user_has_permission(user, action) else found.none()

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> Any:
        """Return the texts with which the user may do one of several things."""
        found = TrustText.objects.filter(place__in=places(user, "change"))
        return found if self.user_has_any_permission(user, actions) else found.none()


def places(user: Any, action: str) -> Any:
    """Return the pages at which a user may do something, as a queryset."""
    return PagePermissionPolicy().instances_user_has_permission_for(user, action)


class TrustTextForm(WagtailAdminModelForm):
    """Asks for the section in one go, and for a page at which the user may edit."""

    about = forms.ChoiceField(
        label=_("Section"),
        choices=place_choices,
        help_text=_("What it is about, as it is called in the form."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.kind:
            self.initial["about"] = f"{self.instance.kind}/{self.instance.section}"
        else:
            self.initial.setdefault("locale", Locale.get_default().pk)

    def clean_place(self) -> Any:
        """Refuse a page of somebody else's schools."""
        place = self.cleaned_data["place"]
        user = self.for_user
        if user is not None and not places(user, "change").filter(pk=place.pk).exists():
            raise ValidationError(_("You may not edit that page. Choose one that you may edit."))
        return place

    def clean(self) -> Any:
        """Refuse a second text for a section at one page."""
        data = super().clean()
        kind, _slash, section = data.get("about", "").partition("/")
        self.instance.kind, self.instance.section = kind, section
        same = TrustText.objects.filter(
            place=data.get("place"), locale=data.get("locale"), kind=kind, section=section
        )
        if kind and same.exclude(pk=self.instance.pk).exists():
            self.add_error(
                "about", _("There is a text for this section at that page already. Change that.")
            )
        return data


TrustText.base_form_class = TrustTextForm
TrustText.panels = [
    FieldPanel("about"),
    FieldRowPanel([FieldPanel("place"), FieldPanel("locale")]),
    FieldPanel("rule"),
    FieldPanel("body"),
    FieldPanel("ask"),
]


def guard(view: Any) -> Any:
    """Return a view of one text that asks whether the user may edit where it is for.

    Wagtail's own ask only about the kind of thing.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if pk := kwargs.get("pk"):
            refuse_others(request, [get_object_or_404(TrustText, pk=pk)])
        return view(request, *args, **kwargs)

    return guarded


def refuse_others(request: HttpRequest, texts: Any) -> None:
    """Raise PermissionDenied for texts of places where the user may not edit."""
    allowed = set(places(request.user, "change").values_list("pk", flat=True))
    if any(each.place_id not in allowed for each in texts):
        raise PermissionDenied


def guard_bulk(request: HttpRequest, action_type: str, objects: Any, action: Any) -> None:
    """Guard Wagtail's bulk actions on snippets, which ask about the kind of thing, too."""
    refuse_others(request, [each for each in objects if isinstance(each, TrustText)])


def register() -> None:
    """Register the trust's texts where Wagtail's snippets are installed."""
    if not apps.is_installed("wagtail.snippets"):
        return
    from wagtail.admin.ui.tables import Column
    from wagtail.snippets.models import register_snippet
    from wagtail.snippets.views.snippets import SnippetViewSet

    policy = TrustTextPolicy(TrustText)
    # Wagtail 8 has a register of policies; before it, the viewset names its own.
    has_register = hasattr(permissions, "register_permission_policy")
    if has_register:
        permissions.register_permission_policy(TrustText, policy)

    class TrustTextViewSet(SnippetViewSet):
        model = TrustText
        icon = "group"
        menu_label = _("Trust texts")
        copy_view_enabled = False
        if not has_register:
            permission_policy = policy
        list_display: Any = [
            "section_title",
            Column("get_kind_display", label=_("Document")),
            "place",
            Column("get_rule_display", label=_("How schools use it")),
        ]
        list_filter: Any = ["rule"]

        def get_queryset(self, request: HttpRequest) -> Any:
            """Return the texts of the user's own places."""
            return TrustText.objects.filter(place__in=places(request.user, "change"))

        def get_urlpatterns(self) -> list[Any]:
            """Return Wagtail's addresses, each guarded."""
            patterns = super().get_urlpatterns()
            for each in patterns:
                each.callback = guard(each.callback)
            return patterns

    register_snippet(TrustTextViewSet)
