"""Fills a report's draft from a Word document, once an editor said what goes where.

The document is read and forgotten. Between the two steps its words travel in the form,
signed; nothing of them is kept on the server.
"""

from collections.abc import Container, Iterator
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from .. import conf
from ..models.reports import SENInformationReportMixin
from ..word import NOTHING, NotReadable, Part, Proposal, propose, read
from ..word.package import MAX_FILE_BYTES, TOO_LARGE
from . import desk, drafts, placing

SALT = "wagtail_senoffer.word"
# Long enough for a lunch break, and for a form that was left open over night.
MAX_AGE = 24 * 60 * 60
FIRST_WORDS = 20
NAMED = 10
# As much of what Django takes in a form as the words may fill.
SHARE = 0.8
ADD, REPLACE = "add", "replace"
# A part that nobody decided about yet; to leave it out is a decision.
UNDECIDED = "?"


class UploadForm(forms.Form):
    """The document."""

    file = forms.FileField(
        label=gettext_lazy("Word document"),
        help_text=gettext_lazy("A file that ends in .docx, of up to 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
        allow_empty_file=True,
    )

    def clean_file(self) -> list[Part]:
        """Return the document's parts, or say why it can't be read."""
        file = self.cleaned_data["file"]
        try:
            # One byte more than is allowed says enough of a larger one.
            return read(file.read(MAX_FILE_BYTES + 1))
        except NotReadable as refused:
            raise forms.ValidationError(refused.message) from refused


class PlacesForm(forms.Form):
    """Where each part goes, and what becomes of the words that are there already."""

    def __init__(
        self,
        data: Any,
        parts: list[Part],
        proposals: list[Proposal],
        filled: list[str],
        locked: Container[str] = (),
    ) -> None:
        super().__init__(data)
        self.titles = placing.targets()
        self.names = {code: name for code, name in self.titles.items() if code not in locked}
        # Where the trust's text stands alone, the editor is told so, and chooses.
        self.theirs = [each.code if each.code in locked else "" for each in proposals]
        self.proposals = [NOTHING if each.code in locked else each for each in proposals]
        self.parts, self.filled = parts, [code for code in filled if code in self.names]
        for number, (part, proposal) in enumerate(zip(parts, self.proposals, strict=True)):
            target = self._target(part, proposal)
            self.fields[f"part-{number}"] = forms.ChoiceField(
                choices=self._choices(proposal, target == UNDECIDED),
                initial=target,
                required=False,
            )
        for code in filled:
            self.fields[f"words-{code}"] = forms.ChoiceField(
                choices=[(ADD, _("Keep them, and add below")), (REPLACE, _("Replace them"))],
                initial=ADD,
                required=False,
            )

    def _target(self, part: Part, proposal: Proposal) -> str:
        """Return where a part goes if the editor lets it."""
        # A heading without words is nothing that could be lost.
        if proposal.code or not part.text:
            return proposal.code
        may_introduce = proposal.introduces and placing.INTRODUCTION not in self.filled
        return placing.INTRODUCTION if may_introduce else UNDECIDED

    def _choices(self, proposal: Proposal, doubtful: bool) -> list[tuple[str, Any]]:
        """Return where a part can go; of a doubtful one, the likeliest sections first."""
        has_words = _("%(title)s (has words already)")
        names = {
            code: has_words % {"title": name} if code in self.filled else name
            for code, name in self.names.items()
        }
        leave = (placing.LEAVE_OUT, _("Leave this out"))
        if not doubtful:
            return [leave, *names.items()]
        asking = [(UNDECIDED, _("Not sure: please choose")), leave]
        near = [(code, names.pop(code)) for code in proposal.nearest if code in names]
        if not near:
            return [*asking, *names.items()]
        return [*asking, (_("Perhaps"), near), (_("All others"), list(names.items()))]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield what the table shows of each part."""
        for number, (part, proposal) in enumerate(zip(self.parts, self.proposals, strict=True)):
            first = Truncator(" ".join(part.text.split())).words(FIRST_WORDS)
            yield {
                "part": part,
                "first": first,
                "whole": len(part.text.split()) <= FIRST_WORDS,
                "field": self[f"part-{number}"],
                "proposed": self.names.get(proposal.code, ""),
                "theirs": self.titles.get(self.theirs[number]),
                "has_words": proposal.code in self.filled,
                "undecided": self[f"part-{number}"].value() == UNDECIDED,
            }

    def replaceable(self) -> list[tuple[str, Any]]:
        """Return the sections that have words, with what is to become of these."""
        return [
            (self.names[code], self[f"words-{code}"]) for code in self.filled if code in self.names
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse a form that leaves a part undecided, or that would change nothing."""
        cleaned = super().clean() or {}
        for name, chosen in list(cleaned.items()):
            if chosen == UNDECIDED:
                self.add_error(name, _("Choose a section, or leave this part out."))
        if not (self.errors or self.placed()):
            raise forms.ValidationError(_("Choose a section for at least one part."))
        return cleaned

    def undecided(self) -> list[str]:
        """Return the headings of the parts that are still to be chosen."""
        return [
            row["part"].heading or _("the first words") for row in self.rows() if row["undecided"]
        ]

    def placed(self) -> list[tuple[str, Part]]:
        """Return the parts that were given a place."""
        return [(code, part) for code, part in self._chosen() if code]

    def left_out(self) -> list[Part]:
        """Return the parts that were not."""
        return [part for code, part in self._chosen() if not code]

    def replaced(self) -> list[str]:
        """Return the sections whose present words are to go."""
        return [code for code in self.filled if self.cleaned_data.get(f"words-{code}") == REPLACE]

    def _chosen(self) -> list[tuple[str, Part]]:
        return [
            (self.cleaned_data.get(f"part-{number}", ""), part)
            for number, part in enumerate(self.parts)
        ]


def word(request: HttpRequest, page_id: int) -> HttpResponse:
    """Take a Word document, show where its parts may go, and write them into the draft."""
    page = desk.find_page(request, page_id, "edit")
    if not isinstance(page, SENInformationReportMixin):
        raise Http404
    if desk.is_locked(request, page):
        return redirect("wagtailadmin_pages:edit", page.pk)
    if "carried" in request.POST:
        return _write(request, page)
    upload = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if upload.is_valid():
        parts = upload.cleaned_data["file"]
        draft = page.get_latest_revision_as_object()
        try:
            carried = _carry(request, page, parts, placing.digest(draft))
        except NotReadable as refused:
            upload.add_error("file", refused.message)
        else:
            return _ask(request, page, _places(None, parts, draft), carried)
    context = {"page": page, "form": upload}
    return render(request, "wagtail_senoffer/admin/word.html", context)


def _places(data: Any, parts: list[Part], draft: Any) -> PlacesForm:
    found = [code for code in placing.filled(draft) if code in placing.targets()]
    filled = list(dict.fromkeys(code for code in found if code != placing.OTHER))
    proposals = propose(parts, conf.rulesets())
    return PlacesForm(data, parts, proposals, filled, placing.locked(draft))


def _ask(request: HttpRequest, page: Any, form: PlacesForm, carried: str) -> HttpResponse:
    proposed = sum(bool(each.code) for each in form.proposals)
    context = {"page": page, "form": form, "carried": carried, "proposed": proposed}
    return render(request, "wagtail_senoffer/admin/word_places.html", context)


def _carry(request: HttpRequest, page: Any, parts: list[Part], digest: str) -> str:
    """Return a document's parts for a hidden field, signed for this page and user."""
    data = {
        "upload": str(uuid4()),
        "page": page.pk,
        "user": str(request.user.pk),
        "draft": digest,
        "parts": [[part.heading, part.level, part.html] for part in parts],
    }
    carried = signing.dumps(data, salt=SALT, compress=True)
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if limit and len(carried) > SHARE * limit:
        raise NotReadable(TOO_LARGE)
    return carried


def _carried(request: HttpRequest, page: Any) -> dict[str, Any] | None:
    """Return what the form carried, or None if it is not what we put in, or too old."""
    try:
        data = signing.loads(request.POST["carried"], salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    ours = data["page"] == page.pk and data["user"] == str(request.user.pk)
    return data if ours else None


def _write(request: HttpRequest, page: Any) -> HttpResponse:
    data = _carried(request, page)
    if data is None:
        messages.error(request, _("That took too long. Choose the document once more."))
        return redirect("senoffer_word", page.pk)
    parts = [placing.part_of(*each) for each in data["parts"]]
    form = _places(request.POST, parts, page.get_latest_revision_as_object())
    if not form.is_valid():
        return _ask(request, page, form, request.POST["carried"])
    written = drafts.fill_from_word(
        page,
        form.placed(),
        form.replaced(),
        request.user,
        seen=data["draft"],
        upload=data["upload"],
    )
    if written is None:
        messages.warning(request, _("These words are in your draft already."))
    else:
        _tell(request, form, written)
    return redirect("wagtailadmin_pages:edit", page.pk)


def _tell(request: HttpRequest, form: PlacesForm, written: drafts.Filled) -> None:
    sections = {code for code, _part in form.placed()}
    messages.success(
        request,
        ngettext(
            "The words of the document are in your draft, in %(count)d section.",
            "The words of the document are in your draft, in %(count)d sections.",
            len(sections),
        )
        % {"count": len(sections)}
        + " "
        + _(
            "Nothing is public yet. Read each section and correct it, fill in the fields that "
            "have a place of their own, such as the SENCO’s name, and then publish."
        ),
    )
    if written.changed:
        messages.warning(
            request,
            _(
                "Somebody changed the draft while you chose. Nothing of it was replaced: the new "
                "words stand below those that were there."
            ),
        )
    if written.overflowed:
        text = _("There was not room for all in: %(titles)s. The rest is under “Something else”.")
        messages.warning(request, text % {"titles": ", ".join(written.overflowed)})
    if left := [part.heading or _("the first words") for part in form.left_out() if part.text]:
        text = _("Left out, as you chose: %(headings)s.")
        more = [*left[:NAMED], *(["…"] if len(left) > NAMED else [])]
        messages.info(request, text % {"headings": "; ".join(more)})
