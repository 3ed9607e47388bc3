"""`upsert_programs`: the rules of docs/protocol.md, section 3."""

from __future__ import annotations

from agent.sandbox.moodle.holdings import Mirror
from agent.sandbox.moodle.site import Category, Result, Row, RowFailed, Site, check, result

LENGTHS = {"description": 0}
WRITTEN = ("name", "description")


def upsert(site: Site, row: Row) -> Result:
    """Bring one programme to Moodle.

    Raises:
        RowFailed: the row cannot be carried out.
    """
    check(row, (), LENGTHS)
    if not row["deleted"] and not row["name"]:
        raise RowFailed("error", "fieldmissing", "name is empty")
    zohoid = row["zohoid"]
    known = site.programs.get(zohoid)
    category = site.categories.get(known.categoryid) if known else None
    categoryid = category.id if category else 0
    if known and known.sourcetime > row["sourcetime"]:
        return result(zohoid, "stale", categoryid)
    if row["deleted"]:
        return _retire(row, known, category)
    same = known is not None and not known.deleted and known.fields["changehash"] == row["changehash"]
    if known and same and not differs(site, known):
        known.fields["sourcetime"] = row["sourcetime"]
        return result(zohoid, "unchanged", categoryid)
    return _write(site, row, known, category)


def differs(site: Site, known: Mirror) -> list[str]:
    """Name what an upsert with the same hash mends."""
    return [] if known.deleted or known.categoryid in site.categories else ["category"]


def category_of(site: Site, programid: str) -> int:
    """Find the category for a programme's courses; 0, the setting's, when there is none of its own."""
    known = site.programs.get(programid)
    return known.categoryid if known and known.categoryid in site.categories else 0


def _retire(row: Row, known: Mirror | None, category: Category | None) -> Result:
    if known is None:
        return result(row["zohoid"], "unchanged")
    status = "unchanged" if known.deleted else "updated"
    if category and not known.deleted:
        category.visible = False
    known.fields |= {"sourcetime": row["sourcetime"], "deleted": 1}
    return result(row["zohoid"], status, known.categoryid)


def _write(site: Site, row: Row, known: Mirror | None, category: Category | None) -> Result:
    status = "updated"
    if known and category:
        for name in WRITTEN:
            if known.fields[name] != row[name]:
                setattr(category, name, row[name])
        category.visible = category.visible or known.deleted
    else:
        category = _adopted(site, row["zohoid"])
        if category is None:
            category, status = (
                Category(site.new_id(), row["name"], row["zohoid"], row["description"]),
                "created",
            )
            site.categories[category.id] = category
        _take_in(site, row["zohoid"], category)
    site.programs[row["zohoid"]] = Mirror(dict(row), categoryid=category.id)
    return result(row["zohoid"], status, category.id)


def _take_in(site: Site, zohoid: str, category: Category) -> None:
    """Move the courses of classes that came before their programme; what an administrator has moved stays."""
    for known in site.classes.values():
        course = site.courses.get(known.courseid)
        if course and course.categoryid == 0 and known.fields["programid"] == zohoid and not known.deleted:
            course.categoryid = category.id


def _adopted(site: Site, zohoid: str) -> Category | None:
    found = [category for category in site.categories.values() if category.idnumber == zohoid]
    if len(found) > 1:
        names = ", ".join(f"{category.name} (id {category.id})" for category in found)
        raise RowFailed(
            "refused", "categoriesambiguous", f"Several categories have idnumber {zohoid}: {names}"
        )
    return found[0] if found else None
