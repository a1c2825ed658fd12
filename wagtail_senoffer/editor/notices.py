"""E-mails to editors."""

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.mail import send_mail

from .. import publishing


def connect() -> None:
    """Connect the receivers; once is enough."""
    publishing.publish_refused.connect(tell_scheduler, dispatch_uid="senoffer_schedule_refused")


def tell_scheduler(sender: type, page: Any, revision: Any, problems: Any, **kwargs: Any) -> None:
    """Tell who scheduled a page that it did not go live, and why."""
    if not (revision.user and revision.user.email):
        return
    subject = _("“%(title)s” did not go live") % {"title": page.title}
    intro = _("It was due to go live now, but something is missing:")
    outro = _("Fill it in and publish or schedule it again. Your draft is kept.")
    lines = "\n".join(f"- {problem.message}" for problem in problems)
    send_mail(subject, f"{intro}\n\n{lines}\n\n{outro}\n", [revision.user.email])
