"""A school's published Documents as Open Referral UK 3.0 (HSDS-UK). Pure.

Ids are made from the school's URN, so that the copies of the school, its trust and its
council agree. Where UK, HSDS 3.0 and HSDS 3.1 name a thing differently, all names are given;
what they have no name for starts with `send_`.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.translation import override

from ..document import Document, Provision, School, Section, Words
from ..rulesets import Kind, Rulesets
from ..vocabularies import SCHOOL_TYPES, ResourcedProvision
from . import taxonomies
from .items import Item, Json, Offering, Published, moment, without_empty
from .send import inclusion_strategy, information_report, local_offer, provenance
from .taxonomies import NAMESPACE, Term

_REGISTER = (
    "https://www.get-information-schools.service.gov.uk/Establishments/Establishment/Details/"
)
_SPECIAL = {
    ResourcedProvision.NONE: (),
    ResourcedProvision.RESOURCED: (ResourcedProvision.RESOURCED,),
    ResourcedProvision.UNIT: (ResourcedProvision.UNIT,),
    ResourcedProvision.BOTH: (ResourcedProvision.RESOURCED, ResourcedProvision.UNIT),
}


def school_id(school: School) -> UUID:
    """Return the id of a school: of its URN, or of its key as long as it has none."""
    return id_of_uri(f"{_REGISTER}{school.urn}") if school.urn else school.key


def id_of_uri(uri: str) -> UUID:
    """Return the id that belongs to a school's address in the register, its `uri`."""
    return uuid5(NAMESPACE_URL, uri)


def former_ids(school: School) -> dict[UUID, str]:
    """Return the ids that a school had by its former URNs, with these."""
    former = (urn for urn in school.former_urns if urn != school.urn)
    return {id_of_uri(f"{_REGISTER}{urn}"): urn for urn in former}


def trust_id(name: str) -> UUID:
    """Return the id of a trust, of which a Document knows nothing but the name."""
    return uuid5(NAMESPACE, f"trust:{' '.join(name.split()).casefold()}")


def trust_item(name: str) -> Item:
    """Return a trust as an organization."""
    key = trust_id(name)
    body = {"id": str(key), "name": name, "description": "A school trust."}
    return Item("organization", key, name, body, body, words=folded(name), shared=True)


def items(offering: Offering, rulesets: Rulesets, *, own_id: UUID | None = None) -> list[Item]:
    """Return a school as an organization, with the services that it publishes.

    Empty where the school itself is not public. `own_id` takes the place of `school_id`
    where another school has the same URN.
    """
    published = offering.get(Kind.SCHOOL)
    if published is None:
        return []
    mapper = _Mapper(offering, published.document.school, rulesets, own_id)
    # Labels of codes are in the Document's language, whoever is at work here.
    with override(published.document.locale):
        services = list(mapper.services())
        places = [place for each in services for place in mapper.at_locations(each)]
        return [*mapper.organizations(), *services, *places]


class _Mapper:
    """Maps one school. Its methods follow the objects of the standard."""

    def __init__(
        self, offering: Offering, school: School, rulesets: Rulesets, own_id: UUID | None
    ) -> None:
        self.offering, self.school, self.rulesets = offering, school, rulesets
        self.id = own_id or school_id(school)
        self.landing = offering[Kind.SCHOOL]
        self.report = offering.get(Kind.REPORT)
        self.offer = offering.get(Kind.OFFER)

    def _id(self, what: str) -> str:
        return str(uuid5(self.id, what))

    def organizations(self) -> Iterator[Item]:
        school, trust = self.school, self.school.trust_name
        if trust:
            yield trust_item(trust)
        body = self._organization() | {
            "organization_identifiers": self._identifiers(),
            "attributes": self._attributes(self._school_terms(), "organization"),
        }
        yield Item(
            kind="organization",
            id=self.id,
            name=school.name,
            body=without_empty(body),
            summary=without_empty(self._organization()),
            organization_id=trust_id(trust) if trust else None,
            terms=_ids(self._school_terms()),
            postcode=_compact(school.address.postcode),
            words=self._words(school.name, body["description"]),
        )

    def _organization(self) -> Json:
        """Return the school in short."""
        school, trust = self.school, self.school.trust_name
        introduction = self.landing.document.introduction.text
        kind = SCHOOL_TYPES.get(school.school_type)
        in_place = f" in {place}" if (place := school.address.town or school.la_name) else ""
        return {
            "id": str(self.id),
            # The standard wants a name, and a Document from elsewhere may lack one.
            "name": school.name or "School",
            "description": introduction or f"{_english(kind) if kind else 'School'}{in_place}.",
            "email": school.email,
            "website": school.website or self.landing.url,
            "url": school.website or self.landing.url,
            "uri": f"{_REGISTER}{school.urn}" if school.urn else "",
            "parent_organization_id": str(trust_id(trust)) if trust else "",
            "send_trust": trust,
            "send_predecessors": [
                {"id": str(key), "urn": urn} for key, urn in former_ids(school).items()
            ],
        }

    def _introduced(self) -> Json:
        """Return the school as it stands inside each of its services in short."""
        school = self._organization()
        return school | {"description": school["description"].partition("\n")[0]}

    def _identifiers(self) -> list[Json]:
        school, la = self.school, (self.school.laestab or "")[:3]
        named = {
            "GB-EDU": ("URN", school.urn),
            "GB-UKPRN": ("UKPRN", school.ukprn),
            "GB-LAESTAB": ("LAESTAB", school.laestab),
            "GB-LAE": ("Local authority code", la),
        }
        return [
            {
                "id": self._id(scheme),
                "organization_id": str(self.id),
                "identifier_scheme": scheme,
                "identifier_type": name,
                "identifier": value,
            }
            for scheme, (name, value) in named.items()
            if value
        ]

    def services(self) -> Iterator[Item]:
        """Yield what a family can turn to: the school's support, and what it lists apart."""
        if self.report is None and self.offer is None:
            return
        yield self._main_service()
        seen: dict[str, int] = {}
        for provision in self._listed():
            name = provision.name.casefold()
            seen[name] = seen.get(name, 0) + 1
            yield self._listed_service(provision, f"provision:{name}:{seen[name]}")

    def _listed(self) -> list[Provision]:
        sections = self.report.document.sections if self.report else ()
        found = (provision for section in sections for provision in section.provisions)
        return [provision for provision in found if provision.listed and provision.name]

    def _main_service(self) -> Item:
        school, name = self.school, f"SEN support at {self.school.name}"
        main = self.report or self.offer
        assert main  # noqa: S101 - asked by `services`
        summary = {
            "id": self._id("service"),
            "organization_id": str(self.id),
            "name": name,
            "description": self._description(),
            "url": main.url,
            "email": self._email(),
            "status": "active",
            "minimum_age": school.minimum_age,
            "maximum_age": school.maximum_age,
            "assured_date": _assured(main),
        }
        needs = self._needs()
        body = summary | {
            "phones": self._phones(),
            "service_areas": self._service_areas(),
            "service_at_locations": self._at_locations("service"),
            "locations": self._locations(),
            "organization": self._organization()
            | {"organization_identifiers": self._identifiers()},
            "contacts": self._contacts(),
            "attributes": self._attributes(needs + self._school_terms(), "service"),
            "send_school": self._send_school(),
            "send_information_report": self.report
            and information_report(self.report, self.rulesets),
            "send_local_offer": self.offer and local_offer(self.offer, self.report),
            "send_inclusion_strategy": inclusion_strategy(self.offering.get(Kind.STRATEGY)),
            "send_provenance": provenance(self.offering),
        }
        terms = _ids(needs + self._school_terms())
        return self._service("service", body, summary, terms=terms, words=self._all_words())

    def _listed_service(self, provision: Provision, what: str) -> Item:
        school, report = self.school, self.report
        assert report  # noqa: S101 - listed provisions come from it
        description = provision.body.text or f"{provision.name} at {school.name}."
        youngest, oldest = provision.minimum_age, provision.maximum_age
        summary = {
            "id": self._id(what),
            "organization_id": str(self.id),
            "name": f"{provision.name} at {school.name}",
            "description": description,
            "url": report.url,
            "email": self._email(),
            "status": "active",
            "minimum_age": school.minimum_age if youngest is None else youngest,
            "maximum_age": school.maximum_age if oldest is None else oldest,
            "assured_date": _assured(report),
        }
        terms = _found([(taxonomies.SEN_TYPES, code) for code in provision.needs])
        terms += _found([(taxonomies.PROVISION_LEVELS, provision.level.value)])
        schedule = self._schedule(provision, what)
        body = summary | {
            "phones": self._phones(),
            "schedules": [schedule] if schedule else [],
            "service_areas": self._service_areas(),
            "service_at_locations": self._at_locations(what),
            "locations": self._locations(),
            "organization": self._organization(),
            "contacts": self._contacts(),
            "attributes": self._attributes(terms, what),
            "send_part_of": self._id("service"),
            "send_provision": {
                "level": provision.level.value,
                "needs": list(provision.needs),
                "who": provision.who,
                "when": provision.when,
                **_both(provision.body),
            },
        }
        words = self._words(provision.name, description, provision.who, *(x.name for x in terms))
        item = self._service(what, body, summary, terms=_ids(terms), words=words)
        return replace(
            item,
            days=",".join(provision.days),
            opens_at=f"{provision.opens_at:%H:%M}" if provision.opens_at else "",
            closes_at=f"{provision.closes_at:%H:%M}" if provision.closes_at else "",
        )

    def _service(self, part: str, body: Json, summary: Json, **found_by: Any) -> Item:
        return Item(
            kind="service",
            part=part,
            id=UUID(summary["id"]),
            name=summary["name"],
            body=without_empty(body),
            summary=without_empty(summary | {"organization": self._introduced()}),
            organization_id=self.id,
            minimum_age=summary["minimum_age"],
            maximum_age=summary["maximum_age"],
            postcode=_compact(self.school.address.postcode),
            **found_by,
        )

    def at_locations(self, service: Item) -> Iterator[Item]:
        """Yield a service at the school's site: what a map shows."""
        for place in service.body.get("service_at_locations", ()):
            short = {name: place[name] for name in ("id", "service_id", "location_id")}
            yield replace(
                service,
                kind="service_at_location",
                part=_at_location(service.part),
                id=UUID(place["id"]),
                body=place | {"service": service.summary},
                summary=short,
            )

    def _at_locations(self, what: str) -> list[Json]:
        locations = self._locations()
        return [
            {
                "id": self._id(_at_location(what)),
                "service_id": self._id(what),
                "location_id": each["id"],
                "location": each,
            }
            for each in locations
        ]

    def _locations(self) -> list[Json]:
        """Return the school's site, if the Document says where it is."""
        school = self.school
        address = self._address()
        if not address and not school.uprn:
            return []
        location = {
            "id": self._id("location"),
            "location_type": "physical",
            "name": school.name,
            "external_identifier": school.uprn,
            "external_identifier_type": "UPRN" if school.uprn else "",
            "addresses": [address] if address else [],
            "accessibility": self._accessibility(),
        }
        return [without_empty(location)]

    def _address(self) -> Json | None:
        """Return the address, or None if it lacks what the standard requires of one."""
        found = self.school.address
        lines = [each for each in (found.street, found.locality) if each]
        if not (lines and found.town and found.postcode):
            return None
        return {
            "id": self._id("address"),
            "location_id": self._id("location"),
            "address_1": lines[0],
            "address_2": lines[1] if len(lines) > 1 else "",
            "city": found.town,
            # Many English addresses have no county any more, and the standard wants one.
            "state_province": found.county or self.school.la_name or "England",
            "region": found.county,
            "postal_code": found.postcode,
            "country": "GB",
            "address_type": "physical",
        }

    def _accessibility(self) -> list[Json]:
        section = self.report and self.report.document.answer("dis_access")
        plan = self.report and self.report.document.answer("accessibility_plan")
        found = {
            "id": self._id("accessibility"),
            "location_id": self._id("location"),
            "description": section.body.text if section else "",
            "details": plan.accessibility_plan.buildings.text
            if plan and plan.accessibility_plan
            else "",
            "url": plan.accessibility_plan.url if plan and plan.accessibility_plan else "",
        }
        return [found] if any(found[name] for name in ("description", "details", "url")) else []

    def _service_areas(self) -> list[Json]:
        school = self.school
        if not school.la_name:
            return []
        code = f"GB-LAE-{school.laestab[:3]}" if school.laestab else ""
        area = {"id": self._id("area"), "name": school.la_name, "extent_type": "name", "uri": code}
        return [area]

    def _schedule(self, provision: Provision, what: str) -> Json | None:
        if not (provision.days or provision.opens_at or provision.closes_at or provision.when):
            return None
        return {
            "id": self._id(f"{what}:schedule"),
            "service_id": self._id(what),
            "freq": "WEEKLY" if provision.days else "",
            "interval": 1 if provision.days else None,
            "byday": ",".join(provision.days),
            "opens_at": f"{provision.opens_at:%H:%M:%S}" if provision.opens_at else "",
            "closes_at": f"{provision.closes_at:%H:%M:%S}" if provision.closes_at else "",
            "description": provision.when,
        }

    def _contacts(self) -> list[Json]:
        school, senco = self.school, self._senco()
        found = []
        if senco:
            title = "SENCO"
            found.append(self._contact(title, senco.name, senco.email, senco.phone))
        if school.headteacher:
            found.append(self._contact("Headteacher", school.headteacher, "", ""))
        return found

    def _contact(self, title: str, name: str, email: str, phone: str) -> Json:
        contact = {"id": self._id(f"contact:{title}"), "title": title, "name": name}
        number = {"id": self._id(f"phone:{title}"), "number": phone}
        return contact | {"email": email, "phones": [number] if phone else []}

    def _senco(self) -> Any:
        section = self.report and self.report.document.answer("senco")
        senco = section.senco if section else None
        return senco if senco and (senco.name or senco.email or senco.phone) else None

    def _phones(self) -> list[Json]:
        number = self.school.telephone
        return [{"id": self._id("phone"), "number": number}] if number else []

    def _email(self) -> str:
        senco = self._senco()
        return (senco.email if senco else "") or self.school.email

    def _needs(self) -> list[Term]:
        section = self.report and self.report.document.section("kinds")
        return _found([(taxonomies.SEN_TYPES, code) for code in (section.needs if section else ())])

    def _school_terms(self) -> list[Term]:
        school = self.school
        special = _SPECIAL[school.resourced_provision]
        pairs = [(taxonomies.SPECIAL_PROVISION, each.name.lower()) for each in special]
        pairs += [(taxonomies.PHASES, school.phase.value)] if school.phase else []
        pairs += [(taxonomies.SCHOOL_TYPE, school.school_type)] if school.school_type else []
        return _found(pairs)

    def _attributes(self, terms: list[Term], what: str) -> list[Json]:
        return [
            {
                "id": self._id(f"{what}:attribute:{term.id}"),
                "link_type": what if what == "organization" else "service",
                "taxonomy_term_id": str(term.id),
                "taxonomy_term": term.as_json(),
            }
            for term in terms
        ]

    def _send_school(self) -> Json:
        """Return what the law asks of a school of this type (s.69), and what it is."""
        school = self.school
        return {
            "urn": school.urn,
            "school_type": school.school_type,
            "phase": school.phase.value if school.phase else "",
            "duty": school.duty.value if school.duty else "",
            "mode": school.mode.value if school.mode else "",
            "resourced_provision": school.resourced_provision.value,
            "local_authority": school.la_name,
            "trust": school.trust_name,
        }

    def _description(self) -> str:
        for published in (self.report, self.offer, self.landing):
            if published and published.document.introduction.text:
                return published.document.introduction.text
        return f"How {self.school.name} supports children with special educational needs."

    def _words(self, *texts: str) -> str:
        school = self.school
        where = (school.name, school.la_name, school.trust_name, school.address.town)
        numbers = (school.urn or "", *school.former_urns)
        return folded(*texts, *where, school.address.postcode, *numbers)

    def _all_words(self) -> str:
        names = [term.name for term in self._needs() + self._school_terms()]
        texts = [text for each in self.offering.values() for text in _texts(each.document)]
        return self._words(self._description(), *names, *texts)


def _at_location(part: str) -> str:
    return f"{part}:at-location"


def folded(*texts: str) -> str:
    """Return texts as one line that a search looks in: small letters, single blanks."""
    return " ".join(" ".join(texts).casefold().split())


def _texts(document: Document) -> Iterator[str]:
    yield document.title
    yield from document.tags
    for section in document.sections:
        yield section.title
        yield from _section_texts(section)


def _section_texts(section: Section) -> Iterator[str]:
    yield from section.texts()
    yield from section.short_texts()


def _assured(published: Published) -> str:
    """Return the day on which the school last stood by a Version: directories hide older ones."""
    newest = max(published.published, published.assured or published.published)
    return moment(newest)[:10]


def _both(words: Words) -> Json:
    return {"html": words.html, "text": words.text}


def _found(pairs: list[tuple[str, str]]) -> list[Term]:
    """Return the terms of taxonomies and codes; a code that none has is left out."""
    return [term for pair in pairs if (term := taxonomies.term(*pair))]


def _ids(terms: list[Term]) -> tuple[UUID, ...]:
    """Return the ids of terms, of broader ones, and of their taxonomies."""
    found: dict[UUID, None] = {}
    for term in terms:
        broader = (term.parent_id,) if term.parent_id else ()
        found |= dict.fromkeys((term.id, term.taxonomy.id, *broader))
    return tuple(found)


def _compact(postcode: str) -> str:
    return "".join(postcode.split()).upper()[:10]


def _english(kind: Any) -> str:
    found = taxonomies.term(taxonomies.SCHOOL_TYPE, kind.code)
    return found.name if found else ""
