"""Which sections the form's “+” offers: what this school is asked and the page has none of yet.

The blocks themselves are shared by all pages and threads and stay as they are: a script
takes from the menu what the page's checklist names. What stands on a page stays there.
"""

from django import forms
from django.utils.functional import cached_property
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.telepath import register as register_adapter
from wagtail.blocks.stream_block import StreamBlockAdapter

from .. import blocks


class SectionsAdapter(StreamBlockAdapter):
    """Has a stream of sections drawn by our own script, which is Wagtail's but for the menu."""

    js_constructor = "wagtail_senoffer.blocks.Sections"

    @cached_property
    def media(self) -> forms.Media:
        """Wagtail's script, then ours."""
        ours = versioned_static("wagtail_senoffer/sections.js")
        return super().media + forms.Media(js=[ours])


def register() -> None:
    """Use it for the documents that are made of sections."""
    for block in (blocks.ReportBlock, blocks.StrategyBlock):
        register_adapter(SectionsAdapter(), block)
