"""Two trusts with three schools, everyone who has to do with them, and what leads to each."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, User
from django.utils import timezone
from wagtail.models import (
    GroupApprovalTask,
    Locale,
    Page,
    PageViewRestriction,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)
from wagtail_localize.models import StringSegment, Translation, TranslationSource

from example_site import content
from tests import factories
from wagtail_senoffer.models import (
    CouncilContacts,
    RegisterEntry,
    RepublishedDocument,
    Republishing,
    SENInformationReportPage,
    TrustText,
    Version,
)
from wagtail_senoffer.models.rollout import Role
from wagtail_senoffer.trust import people

# In the name of every school and in nothing else: what lists are searched for.
WORD = "Zibellinook"
# A word that only the one school's name has, and one that only its draft has.
NAMES = {"ash": "Orlavane", "beech": "Quistermay", "cedar": "Brindlewhit"}
DRAFTS = {slug: f"{name}draft" for slug, name in NAMES.items()}
_COUNCILS = {"ash": "Brackenshire", "beech": "Westmarch", "cedar": "Brackenshire"}

# What the groups of a roll-out let their members do; the moderators are asked to approve.
EDIT, PUBLISH = {"add", "edit"}, {"edit", "publish"}


@dataclass
class World:
    """Who there is, with what each may do to each school, and the arguments that lead there."""

    users: dict[str, User | None] = field(default_factory=dict)
    rights: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    reads: dict[str, set[str]] = field(default_factory=dict)
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)

    def let_in(self, role: str, group: Any = None, reads: str = "", **rights: set[str]) -> Any:
        """Add somebody of a role: a member of a group, with what that lets them do."""
        user = User.objects.create_user(role.replace("_", "-"), f"{role}@trust.example", "secret")
        if group:
            user.groups.add(group)
        self.users[role], self.rights[role] = user, rights
        self.reads[role] = {*rights, *reads.split()}
        return user


def make() -> World:
    """Return the world. Its groups are those that a roll-out makes."""
    world = World()
    home = factories.make_home()
    trusts = {name: factories.make_folder(home, name) for name in ("kestrel", "merlin")}
    schools = {
        slug: _school(trusts["merlin" if slug == "cedar" else "kestrel"], slug) for slug in NAMES
    }
    _people(world, trusts, schools)
    for slug, school in schools.items():
        world.arguments[slug] = _arguments(school, slug)
    return world


ROLES = (
    *("anonymous", "editor_a", "moderator_a", "editor_b"),
    *("trust_editor", "trust_reader", "la_reader", "admin"),
)


def _school(trust: Page, slug: str) -> Any:
    title = f"{WORD} {NAMES[slug]} School"
    school = factories.make_school(trust, slug, title=title, la_name=_COUNCILS[slug])
    report = factories.make_report(school)
    content.publish(report)
    report.refresh_from_db()
    # What is not public yet, and where the school and the register disagree.
    report.title = f"{title} {DRAFTS[slug]}"
    report.save_revision()
    school.urn = {"ash": "190001", "beech": "190002", "cedar": "190003"}[slug]
    school.save()
    said = {"values": {"town": "Elsewhere"}, "read_at": timezone.now()}
    RegisterEntry.objects.create(urn=school.urn, **said)
    Site.objects.create(hostname=f"{slug}.example", root_page=school, site_name=title)
    return school


def _people(world: World, trusts: Any, schools: Any) -> None:
    world.users["anonymous"], world.rights["anonymous"], world.reads["anonymous"] = None, {}, set()

    def group(page: Page, role: Role, council: str = "") -> Any:
        return people.make_group(page, role, f"{page.title} {role}", council)

    ash, beech = schools["ash"], schools["beech"]
    world.let_in("editor_a", group(ash, Role.EDITORS), ash=EDIT)
    world.let_in("moderator_a", group(ash, Role.MODERATORS), ash={*PUBLISH, "approve"})
    world.let_in("editor_b", group(beech, Role.EDITORS), beech=EDIT)
    everything = EDIT | PUBLISH
    trust, both = group(trusts["kestrel"], Role.TRUST_EDITORS), {*everything, "texts"}
    world.let_in("trust_editor", trust, ash=both, beech=both)
    world.let_in("trust_reader", group(trusts["kestrel"], Role.TRUST_READERS), reads="ash beech")
    council = group(trusts["kestrel"], Role.COUNCIL_READERS, "Brackenshire")
    world.let_in("la_reader", council, reads="ash")
    may = {*everything, "approve", "texts", "admin"}
    admin = world.let_in("admin", ash=may, beech=may, cedar=may)
    User.objects.filter(pk=admin.pk).update(is_superuser=True)
    admin.refresh_from_db()


def _arguments(school: Any, slug: str) -> dict[str, Any]:
    """Return what fills the parameters of addresses that lead to a school.

    By the name of a parameter; where it means something else, by that of its view or of its
    namespace before it.
    """
    report = SENInformationReportPage.objects.child_of(school).get()
    group = Group.objects.create(name=f"Governors of {school.title}")
    keeper = User.objects.create_user(f"clerk-{slug}")
    keeper.groups.add(group)
    offer, state, task, workflow = _workflow(school, keeper)
    text = TrustText.objects.create(
        place=school,
        kind="sen-information-report",
        section="complaints",
        locale=Locale.get_default(),
        body=f"<p>{DRAFTS[slug]}</p>",
        # Other words than the school has published: it shows as drift.
        rule="locked",
    )
    text_revision = text.save_revision()
    run = Republishing.objects.create(user=keeper)
    RepublishedDocument.objects.create(run=run, page=report, title=f"{school.title}: report")
    version = Version.objects.get(document_key=report.document_key, number=1)
    council, _made = CouncilContacts.objects.get_or_create(la_name=_COUNCILS[slug])
    restriction = PageViewRestriction.objects.create(
        page=factories.make_folder(school.get_parent(), f"closed-{slug}"), restriction_type="login"
    )
    site = Site.objects.get(root_page=school)
    where = "/".join((school.get_parent().slug, slug, report.slug))
    texts = "wagtailsnippets_wagtail_senoffer_trusttext"
    councils = "wagtailsnippets_wagtail_senoffer_councilcontacts"
    return {
        "page_id": report.pk,
        "page_pk": report.pk,
        "page_to_move_id": report.pk,
        "school_id": school.pk,
        "parent_page_id": school.pk,
        "destination_id": school.get_parent().pk,
        "pk": report.pk,
        "object_id": report.pk,
        "revision_id": report.latest_revision_id,
        "revision_id_a": "live",
        "revision_id_b": report.latest_revision_id,
        "content_type_app_name": "wagtail_senoffer",
        "content_type_model_name": "inclusionstrategypage",
        "type_use.content_type_model_name": "seninformationreportpage",
        "type_use_results.content_type_model_name": "seninformationreportpage",
        "app_label": "wagtail_senoffer",
        "app_name": "wagtail_senoffer",
        "model_name": "seninformationreportpage",
        "wagtail_localize.model_name": "trusttext",
        "wagtail_localize.pk": text.pk,
        "add_task.app_label": "wagtailcore",
        "add_task.model_name": "groupapprovaltask",
        "task_id": task.pk,
        "task_state_id": state.current_task_state_id,
        "workflow_state_id": state.pk,
        "workflow_pk": workflow.pk,
        "wagtailadmin_workflows.pk": workflow.pk,
        **{f"{name}.pk": task.pk for name in ("edit_task", "disable_task", "enable_task")},
        **dict.fromkeys(
            [
                f"{name}.page_id"
                for name in (
                    *("workflow_action", "collect_workflow_action_data", "workflow_preview"),
                    *("confirm_workflow_cancellation", "workflow_history_detail"),
                )
            ],
            offer.pk,
        ),
        "session_id": 1,
        **_localized(report),
        f"{texts}.pk": text.pk,
        f"{texts.replace('snippets', 'snippetchoosers', 1)}.pk": text.pk,
        f"{texts}.revision_id": text_revision.pk,
        f"{texts}.revision_id_b": text_revision.pk,
        f"{councils}.pk": council.pk,
        f"{councils.replace('snippets', 'snippetchoosers', 1)}.pk": council.pk,
        "wagtailapi_v3.type": "wagtail_senoffer.trusttext",
        "wagtailapi_v3.pk": text.pk,
        **{
            f"{name}.revision_id": text_revision.pk
            for name in ("detail_snippet_revision", "snippets_actions_revert")
        },
        "type_name": "wagtail_senoffer.SchoolPage",
        "action_name": "copy",
        "wagtailadmin_api:pages.action_name": "unpublish",
        "workflow_action.action_name": "approve",
        "collect_workflow_action_data.action_name": "approve",
        "wagtailsites.pk": site.pk,
        "wagtailsettings.model_name": "sitesettings",
        "wagtailsettings.pk": site.pk,
        "site_id": site.pk,
        "wagtailusers_users.pk": keeper.pk,
        "wagtailusers_groups.pk": group.pk,
        "page_view_restriction_id": restriction.pk,
        "run_pk": run.pk,
        "field": "town",
        "senoffer_take.page_id": school.pk,
        "senoffer_approval.page_id": school.pk,
        "slug": "first-report",
        "key": version.document_key,
        "locale": version.locale,
        "number": 1,
        "item_id": school.document_key,
        "senoffer_document_json.path": f"{where}/document.json",
        "senoffer_comparison.path": f"{where}/versions/1..1/",
        # Where they have no names, all of them.
        "wagtail_serve.args": (f"{where}/",),
        "wagtailadmin_pages:revisions_compare.args": (
            report.pk,
            "live",
            report.latest_revision_id,
        ),
        f"{texts}:revisions_compare.args": (text.pk, "live", text_revision.pk),
        "path": "none.txt",
        "uidb64": "MQ",
        "token": "none",
        # Not addresses': what forms and bulk actions are sent.
        "ids": [report.pk],
    }


def _workflow(school: Any, keeper: Any) -> Any:
    """Have the school's offer wait for the approval of its moderators."""
    offer = factories.make_offer(school)
    offer.title = f"Offer of {school.title}"
    offer.save_revision()
    workflow = Workflow.objects.create(name=f"Approval for {school.title}")
    task = GroupApprovalTask.objects.create(name=f"Head of {school.title}")
    task.groups.add(*Group.objects.filter(name=f"{school.title} {Role.MODERATORS}"))
    WorkflowTask.objects.create(workflow=workflow, task=task)
    WorkflowPage.objects.create(workflow=workflow, page_id=school.pk)
    return offer, workflow.start(offer, keeper), task, workflow


def _localized(report: Any) -> dict[str, Any]:
    polish, _made = Locale.objects.get_or_create(language_code="pl")
    report.copy_for_translation(polish, copy_parents=True)
    source, _made = TranslationSource.update_or_create_from_instance(report)
    translation = Translation.objects.create(source=source, target_locale=polish)
    return {
        "translation_source_id": source.pk,
        "translation_id": translation.pk,
        "string_segment_id": StringSegment.objects.filter(source=source).first().pk,
        "overridable_segment_id": 1,
        "mode": "",
    }
