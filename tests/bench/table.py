"""What the table of schools and sections costs with a thousand schools beside ninety."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from example_site import content
from tests import factories, office
from tests.bench.measure import at_most, equal, interleaved, milliseconds
from wagtail_senoffer.models import DocumentHead, DocumentText, SchoolPage, SchoolReader, Version

FEW, MANY, ROUNDS, EXPORTS = 90, 1000, 15, 3
MAX_QUERIES, MAX_PAGE = 20, 1.5
