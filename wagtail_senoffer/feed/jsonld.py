"""A published Document as schema.org data, for search engines. Pure.

It has nothing that the page itself doesn't show.
"""

from datetime import datetime

from ..document import Document, School
from ..rulesets import Kind
from ..vocabularies import Phase
from .items import Json, moment, without_empty

_CONTEXT = "https://schema.org"


def described(
    document: Document, url: str, school_url: str, *, number: int, published: datetime
) -> Json:
    """Return a Document as JSON-LD: the school alone, or a page of it and the school.

    `url` is where the Document is read, `school_url` the school's own page; both absolute.
    """
    if document.kind is Kind.SCHOOL:
        found = _school(document.school, url) | {"description": document.introduction.text}
        return {"@context": _CONTEXT, **without_empty(found)}
    page = _page(document, url, number=number, published=published)
    school = _school(document.school, school_url)
    page |= {"about": _reference(school), "publisher": _reference(school)}
    return {"@context": _CONTEXT, "@graph": [without_empty(page), without_empty(school)]}


def _page(document: Document, url: str, *, number: int, published: datetime) -> Json:
    is_report = document.kind is Kind.REPORT
    return {
        "@id": url,
        "@type": ["WebPage", "Report"] if is_report else "WebPage",
        "url": url,
        "name": document.title,
        "inLanguage": document.locale,
        "version": str(number),
        "datePublished": moment(published),
        "keywords": list(document.tags),
        "lastReviewed": document.approval.on and document.approval.on.isoformat(),
        "encoding": {
            "@type": "MediaObject",
            "contentUrl": f"{url}document.json",
            "encodingFormat": "application/json",
        },
    }


def _school(school: School, url: str) -> Json:
    # To schema.org a school is one below a college.
    is_college = school.phase is Phase.SIXTEEN_PLUS
    trust = {"@type": "Organization", "name": school.trust_name} if school.trust_name else {}
    return {
        "@id": f"{url}#school" if url else "",
        "@type": "EducationalOrganization" if is_college else "School",
        "name": school.name,
        "url": school.website or url,
        "mainEntityOfPage": url,
        "identifier": _identifiers(school),
        "address": _address(school),
        "telephone": school.telephone,
        "email": school.email,
        "parentOrganization": trust,
    }


def _reference(school: Json) -> Json:
    return {"@id": school["@id"]} if school["@id"] else {}


def _identifiers(school: School) -> list[Json]:
    found = {"URN": school.urn, "UKPRN": school.ukprn, "LAESTAB": school.laestab}
    return [
        {"@type": "PropertyValue", "propertyID": name, "value": value}
        for name, value in found.items()
        if value
    ]


def _address(school: School) -> Json:
    address = school.address
    found = {
        "streetAddress": ", ".join(x for x in (address.street, address.locality) if x),
        "addressLocality": address.town,
        "addressRegion": address.county,
        "postalCode": address.postcode,
    }
    if not any(found.values()):
        return {}
    return {"@type": "PostalAddress", **found, "addressCountry": "GB"}
