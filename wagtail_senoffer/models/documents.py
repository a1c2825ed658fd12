"""What every page type of the app does: it saves, publishes and shows a Document.

The mixins of this room are abstract and not Pages: a project with page classes of its own
combines them with its base page. The stock classes are in pages.py.
"""

from functools import partial
from typing import Any, ClassVar
from uuid import UUID, uuid4

import swapper
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, get_callable, resolve
from django.utils.translation import gettext_lazy as _
from modelcluster.models import get_all_child_relations
from wagtail.fields import RichTextField
from wagtail.url_routing import RouteResult

from .. import blocks, publishing
from ..building import rich_text
from ..document import Document
from ..rulesets import Kind

# By name: the faces import the models, so the models can't import them.
FACES = "wagtail_senoffer.web.faces"
SERVE = "wagtail_senoffer.web.views.serve_page"
PREVIEW = "wagtail_senoffer.web.views.preview"


class DocumentMixin(models.Model):
    """A page whose public faces are drawn from Versions of its Document."""

    kind: ClassVar[Kind]

    document_key = models.UUIDField(default=uuid4, editable=False, db_index=True)
    introduction = RichTextField(_("introduction"), blank=True, features=blocks.FEATURES)
    # Notes of a draft for the record: publishing takes them (see publishing.NOTES).
    change_note = models.CharField(
        _("what changed"),
        max_length=500,
        blank=True,
        help_text=_(
            "One line for readers, shown beside this version in the list of versions. "
            "Name roles, not people: it can't be changed later."
        ),
    )
    # A new year's draft: the number of the Version it was made from, and the codes of the
    # sections that were read again and are still true.
    rereading_from = models.PositiveIntegerField(null=True, blank=True, editable=False)
    reread = models.JSONField(_("still true"), default=list, blank=True)

    # A copy is another document; a translation is the same one (see `copy`).
    exclude_fields_in_copy: ClassVar[list[str]] = ["document_key", *publishing.NOTES]

    class Meta:
        abstract = True

    @property
    def language(self) -> str:
        """The code of the page's language."""
        return self.locale.language_code

    @property
    def school_key(self) -> UUID | None:
        """The document key of the school that the page belongs to, or None."""
        raise NotImplementedError

    def build_document(self, shelf: publishing.Shelf) -> Document:
        """Return the page, as it is in memory, as a Document.

        `shelf` holds what the school has published so far. Raises DocumentError for
        a page that can't be made into one.
        """
        raise NotImplementedError

    def save(self, clean: bool = True, user: Any = None, log_action: Any = False, **kwargs: Any):
        """Save the page; if it is live, as the next Version (see publishing.save_page).

        Raises publishing.Refused for a live page that is incomplete.
        """
        fields = kwargs.get("update_fields")
        if self.locale_id is None:
            self.locale = self.get_default_locale()
        concerned = fields is None or bool(self._published_fields() & set(fields))
        if self.alias_of_id:
            self._check_alias()
            # A placeholder is not a publication: it never had a Version.
            self.live, concerned = False, False
        if concerned and self.live and publishing.is_drafting() and not self._state.adding:
            # The draft's words are in its revision, and the row keeps what is public.
            return self.full_clean()
        if concerned and self.live and fields is not None and not self._state.adding:
            return self._save_among_the_rest(fields, clean=clean, user=user, log_action=log_action)
        if fields and "live_revision" in fields and not self.live:
            # Wagtail finishes a copy that was to be live; this one was kept as a draft.
            self.live_revision = self.first_published_at = self.last_published_at = None

        def write() -> Any:
            return super(DocumentMixin, self).save(
                clean=clean, user=user, log_action=log_action, **kwargs
            )

        return publishing.save_page(
            self, write, adding=self._state.adding, clean=clean, concerned=concerned
        )

    save.alters_data = True

    def _save_among_the_rest(self, fields: Any, **kwargs: Any) -> Any:
        """Save some fields of a live page with what its row has in the others.

        A Document is made of all fields, and this instance may be out of date in those
        that it was not asked to save.
        """
        page = type(self)._default_manager.get(pk=self.pk)
        relations = {relation.get_accessor_name() for relation in get_all_child_relations(self)}
        for name in fields:
            value = getattr(self, name)
            setattr(page, name, value.all() if name in relations else value)
        return page.save(**kwargs)

    def _check_alias(self) -> None:
        """Refuse an alias, but for the placeholder of a page that is not translated yet."""
        if self.alias_of.locale_id == self.locale_id:
            raise ValidationError(
                _("A school's document can't be an alias. Copy it, or link to it instead.")
            )

    @classmethod
    def _published_fields(cls) -> set[str]:
        """Return the fields that a save must name to concern what the public sees."""
        base = swapper.load_model("wagtailcore", "Page")
        own = {field.name for field in cls._meta.concrete_fields}
        own -= {field.name for field in base._meta.concrete_fields}
        relations = {
            relation.get_accessor_name()
            for relation in get_all_child_relations(cls)
            if relation.related_model._meta.app_label != base._meta.app_label
        }
        return own | relations | {"live", "title"}

    def publish(self, revision: Any, *args: Any, log_action: Any = True, **kwargs: Any) -> Any:
        """Publish a revision. Raises publishing.Refused if it is incomplete.

        A schedule is not stopped by it: a refused page loses its own date, the refusal
        is logged, and the pages after it go live.
        """
        write = partial(super().publish, revision, *args, log_action=log_action, **kwargs)
        # One transaction with what Wagtail writes before the page's row: a refusal
        # must not cost another revision its date.
        act = partial(publishing.in_turn, self, write)
        with publishing.drafting(False), publishing.releasing(revision):
            if log_action == publishing.SCHEDULED:
                return publishing.publish_on_schedule(self, revision, act)
            return act()

    def with_content_json(self, content: Any) -> Any:
        """Return the page with a revision's content; it stands where this one stands."""
        page = super().with_content_json(content)
        # Wagtail asked for it just now; the gate will ask again.
        page._cached_parent_obj = self.get_parent()
        if page.locale_id == self.locale_id:
            page.locale = self.locale
        return page

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        """Copy the page: under a new document key, unless it is copied to be translated."""
        if not kwargs.get("reset_translation_key", True):
            attrs = kwargs.get("update_attrs") or {}
            kwargs["update_attrs"] = {**attrs, "document_key": self.document_key}
        return super().copy(*args, **kwargs)

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Find the face that a path below the page asks for; live child pages come first."""
        slug = path_components[0] if path_components else ""
        if slug and self.get_children().live().filter(slug=slug).exists():
            return super().route(request, path_components)
        path = "".join(f"/{component}" for component in path_components) + "/"
        try:
            found = resolve(path, urlconf=FACES)
        except Resolver404:
            # A child that was taken down has something to say, but in no face's place.
            return super().route(request, path_components)
        return RouteResult(self, kwargs={"view": found.func, "arguments": found.kwargs})

    def serve(
        self, request: HttpRequest, view: Any = None, arguments: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Answer with a face drawn from a Version."""
        view = view or resolve("/", urlconf=FACES).func
        return get_callable(SERVE)(request, self, view, arguments or {})

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Draw the page's face from a Document that is not stored."""
        return get_callable(PREVIEW)(request, self)

    @property
    def base_url(self) -> str:
        """The root address of the page's Site, with a slash; "" outside every Site."""
        parts = self.get_url_parts() if self.url_path else None
        parts = parts or (self.get_parent().get_url_parts() if self.depth else None)
        return f"{parts[1]}/" if parts and parts[1] else ""

    def _introduction(self) -> Any:
        return rich_text(self.introduction, title=_("Introduction"), base_url=self.base_url)
