"""Fills an empty example site; leaves one that is in use alone."""

from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.core.management.base import BaseCommand
from django.db import transaction
from wagtail.models import GroupPagePermission, Page, Site

from example_site import content, trust_of_many
from example_site.models import TrustHomePage
from wagtail_senoffer.models import SchoolPage, SENInformationReportPage

PASSWORD = "demo-only"  # noqa: S105


class Command(BaseCommand):
    """Makes a trust with three schools, their pages and their sign-ins."""

    help = "Fill an empty example site with a fictional trust and three schools."

    def add_arguments(self, parser: Any) -> None:
        """Take the port that the site's addresses carry."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--schools",
            type=int,
            default=0,
            help="make it a trust of so many schools, by way of the roll-out",
        )

    def handle(self, *args: Any, port: int, schools: int, **options: Any) -> None:
        """Make the content, or only set the port if there is content already."""
        Site.objects.filter(is_default_site=True).update(port=port)
        Site.clear_site_root_paths_cache()
        if SchoolPage.objects.exists():
            self.stdout.write("The demo content is there already; what you edited is kept.")
        else:
            self._three_schools(port)
        if schools > len(content.SCHOOLS):
            self._many(schools - len(content.SCHOOLS))

    def _many(self, count: int) -> None:
        home = TrustHomePage.objects.get()
        admin = User.objects.get(username="demo")
        counts = trust_of_many.make(home, count, admin)
        told = ", ".join(f"{state} {number}" for state, number in counts.items())
        self.stdout.write(f"Rolled out from a fictional register: {told}.")

    def _three_schools(self, port: int) -> None:
        with transaction.atomic():
            admin = User.objects.create_superuser("demo", "demo@trust.example", PASSWORD)
            home = self._home(port)
            for name in content.SCHOOLS:
                school = content.add_school(home, content.read(name), admin)
                self._office(school)
                self.stdout.write(f"Published: {school.title}")
            self._leave_a_draft(admin)

    def _home(self, port: int) -> TrustHomePage:
        root = Page.get_first_root_node()
        home = TrustHomePage(title="Kestrel Bridge Learning Trust (demo)", slug="trust")
        root.add_child(instance=home)
        Site.objects.all().delete()
        Site.objects.create(
            hostname="127.0.0.1",
            port=port,
            root_page=home,
            is_default_site=True,
            site_name="Kestrel Bridge Learning Trust (demo)",
        )
        Page.objects.filter(depth=2).exclude(pk=home.pk).first().delete()
        return home

    def _office(self, school: SchoolPage) -> None:
        """Make the school office's sign-in: it may edit and publish this school, nothing else."""
        group = Group.objects.create(name=f"Office of {school.title}")
        group.permissions.add(Permission.objects.get(codename="access_admin"))
        for codename in ("add_page", "change_page", "publish_page"):
            GroupPagePermission.objects.create(
                group=group,
                page=school,
                permission=Permission.objects.get(
                    codename=codename, content_type__app_label="wagtailcore"
                ),
            )
        user = User.objects.create_user(
            f"{school.slug}-office", f"office@{school.slug}.example", PASSWORD
        )
        user.groups.add(group)

    def _leave_a_draft(self, user: User) -> None:
        """Leave an incomplete draft, so that the gate can be seen."""
        report = SENInformationReportPage.objects.get(url_path__contains="/little-otters/")
        for block in report.body:
            if block.block_type == "parents":
                block.value["body"] = type(block.value["body"])("")
        report.save_revision(user=user)
