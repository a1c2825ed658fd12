"""What takes the place of a school's items once it has another URN. Pure.

Ids are made from the URN, so whoever harvested a school that became an academy has its items
under ids that are no longer offered, and is to be led to the new ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid5

from ..document import School
from .items import Item, Json
from .oruk import former_ids


@dataclass(frozen=True)
class Successor:
    """What takes the place of an item: one of the same kind, if there is one, of a school.

    Of a school that was taken down only the address is known that was given for it.
    """

    item_id: UUID | None = None
    school_id: UUID | None = None
    urn: str = ""
    url: str = ""

    def as_json(self) -> Json:
        """Return it as a tombstone names it."""
        ids = {"id": self.item_id, "organization_id": self.school_id}
        found = {name: str(value) for name, value in ids.items() if value}
        return found | {name: said for name in ("urn", "url") if (said := getattr(self, name))}


class Succession:
    """What follows the items that a school had by its former URNs.

    `items` are what is made of the school now. Nothing follows where it is not public.
    """

    def __init__(self, school: School | None, items: Iterable[Item]) -> None:
        own = [each for each in items if not each.shared and each.kind != "document"]
        self._school = next((each for each in own if each.kind == "organization"), None)
        self._urn = (school.urn if school else None) or ""
        self._former = former_ids(school) if school else {}
        self._items = {
            uuid5(former, each.part) if each.part else former: each.id
            for former in self._former
            for each in own
        }

    def of(self, item_id: UUID, organization_id: UUID | None) -> Successor | None:
        """Return what follows an item, by its id and its school's; None for none of a former URN.

        What the school no longer lists is followed by the school alone.
        """
        is_former = item_id in self._items or organization_id in self._former
        if self._school is None or not is_former:
            return None
        return Successor(self._items.get(item_id), self._school.id, self._urn)
