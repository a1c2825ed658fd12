"""A page with the same content as a report and none of our code: the baseline."""

from django.db import models
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import TaggedItemBase
from wagtail.api import APIField
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from wagtail_senoffer import blocks


class PlainTag(TaggedItemBase):
    """A tag of a plain page."""

    content_object = ParentalKey(
        "tests.PlainPage", on_delete=models.CASCADE, related_name="tagged_items"
    )


class PlainPage(Page):
    """What Wagtail alone does with a report's content."""

    introduction = RichTextField(blank=True)
    body = StreamField(blocks.ReportBlock(), blank=True)
    tags = ClusterTaggableManager(through=PlainTag, blank=True)
    academic_year = models.CharField(max_length=7, blank=True)
    approved_by = models.CharField(max_length=200, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    review_date = models.DateField(null=True, blank=True)

    # The same fields in the form, to compare ours with.
    content_panels = [
        *Page.content_panels,
        *("introduction", "body", "academic_year", "approved_by", "approved_on", "review_date"),
        "tags",
    ]

    # What Wagtail's own APIs tell of it, to compare the feed with.
    api_fields = [APIField(name) for name in ("introduction", "body", "academic_year")]
