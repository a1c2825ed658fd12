"""The panel of Wagtail's form for groups that says of which schools a group may read."""

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminPageChooser

from ..models.roles import SchoolReader

PREFIX = "senoffer_readers"


class SchoolReaderForm(forms.ModelForm):
    """One page at and below which a group may read, and perhaps one council."""

    class Meta:
        model = SchoolReader
        fields = ("page", "la_name")
        widgets = {"page": AdminPageChooser}


class SchoolReaderFormSet(
    forms.inlineformset_factory(
        SchoolReader.group.field.related_model, SchoolReader, form=SchoolReaderForm, extra=2
    )
):
    """What a group reads of; Wagtail's form for groups shows and saves it."""

    template = "wagtail_senoffer/admin/readers.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": PREFIX})

    def as_admin_panel(self) -> str:
        """Return the panel's HTML."""
        return render_to_string(self.template, {"formset": self, "title": _("Reading of schools")})
