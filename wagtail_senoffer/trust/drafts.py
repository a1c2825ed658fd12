"""What the newest draft of a school's page says, and writing to it."""

from typing import Any

from ..models.pages import SchoolPage


def draft_urn(page: Any) -> str:
    """Return the URN that the newest draft of a page has, without a query."""
    return str(draft_values(page, ["urn"])["urn"])


def former_urns(page: Any) -> tuple[str, ...]:
    """Return the former URNs that the newest draft of a page has."""
    found = draft_values(page, ["former_urns"])["former_urns"]
    return tuple(each.strip() for each in found.split(",") if each.strip())


def draft_values(page: Any, names: Any) -> dict[str, Any]:
    """Return what the newest draft of a page says in some fields, without a query."""
    content = page.latest_revision.content if page.latest_revision else {}
    return {name: content.get(name, getattr(page, name)) for name in names}


def write(page: Any, values: dict[str, Any], user: Any, *, publish: bool = False) -> None:
    """Write values into the newest draft of a page; publish it only if that is asked.

    The row of a page that is not public follows, as in Wagtail's own editor. Raises
    publishing.Refused for a page that can't be published, in which case nothing is written.
    """
    draft = page.get_latest_revision_as_object()
    for name, value in values.items():
        setattr(draft, name, value)
        if not page.live:
            setattr(page, name, value)
    if not page.live:
        page.save(update_fields=list(values))
    revision = draft.save_revision(user=user, log_action=True, clean=False)
    if publish:
        revision.publish(user=user)


def label_of(name: str) -> str:
    """Return the name of a field of a school's page for people."""
    label = str(SchoolPage._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def shown(name: str, value: Any) -> str:
    """Return a value of a field of a school's page for people."""
    field = SchoolPage._meta.get_field(name)
    if isinstance(value, list):
        return ", ".join(value)
    choices = dict(field.flatchoices)
    return str(choices.get(value, "" if value is None else value))
