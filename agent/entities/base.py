"""The shape of every entity that Zoho owns: data and two small pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agent.canonical import Canonical
from agent.entities.fields import Field

MoodleRow = dict[str, Any]  # texts and whole numbers; a list of such rows where one record has parts


class RecordFaultError(ValueError):
    """The record cannot be written to Moodle as it is; code and message go to the event's row."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Entity:
    """How one entity goes from Zoho to Moodle.

    Attributes:
        name: our name, also the slug of its webhook.
        module: Zoho's module.
        mapping_version: raise it when `fields` changes meaning, so that every record is looked at again.
        fields: the mapping; its Zoho names are the allow-list that is asked of Zoho.
        upsert: name of the Moodle client's method that writes rows.
        row: canonical form -> the entity's own columns of that method.
        link: Zoho's field that holds Moodle's id (outside the hash: it is ours); None: Zoho learns nothing.
        write_back: Moodle's id and the time -> the fields that Zoho gets once linked.
        depends: canonical form -> record keys that must be there first.
        after: entities whose pass has to be over before this one's begins.
        columns: canonical form -> typed columns of its table beside those that every entity has.
        lines: record id and canonical form -> its rows of `moodle_finance_payments`; None: it has no money.
        own_names: digest of the college's own names where they differ (`agent.entities.mapping`), else empty.
        policy: digest of the settings that shape its rows (`agent.store.settings`), else empty.
    """

    name: str
    module: str
    mapping_version: int
    fields: tuple[Field, ...]
    upsert: str
    row: Callable[[Canonical], MoodleRow]
    link: str | None = None
    write_back: Callable[[int, datetime], dict[str, Any]] = lambda _id, _now: {}
    depends: Callable[[Canonical], list[str]] = lambda _form: []
    after: tuple[str, ...] = ()
    columns: Callable[[Canonical], dict[str, Any]] = lambda _form: {}
    lines: Callable[[str, Canonical], list[dict[str, Any]]] | None = None
    own_names: str = ""
    policy: str = ""

    @property
    def mapping_mark(self) -> str:
        """What goes into the change hash for the mapping: another mapping, and every record is looked at again."""
        return " ".join(filter(None, (str(self.mapping_version), self.own_names, self.policy)))

    @property
    def zoho_fields(self) -> list[str]:
        """Every field that a list is asked for: the mapping's, the link and the time of the last change."""
        link = [self.link] if self.link else []
        plain = (line.zoho for line in self.fields if line.kind != "rows")
        return list(dict.fromkeys([*plain, *link, "Modified_Time"]))

    @property
    def subforms(self) -> tuple[Field, ...]:
        """The fields that no list carries: they come with a single record only (`agent.sync.reading`)."""
        return tuple(line for line in self.fields if line.kind == "rows")

    def key(self, record_id: str) -> str:
        """Build the record key."""
        return f"{self.name}:{record_id}"


def moodle_row(
    entity: Entity, record_id: str, form: Canonical, *, change_hash: str, source_time: datetime, deleted: bool
) -> MoodleRow:
    """Build the row that the plugin's upsert function takes.

    Raises:
        RecordFaultError: something that Moodle needs is missing.
    """
    return {
        "zohoid": record_id,
        "sourcetime": int(source_time.timestamp()),
        "changehash": change_hash,
        "deleted": int(deleted),
        **entity.row(form),
    }


def zoho_time(moment: datetime) -> str:
    """Write a time as Zoho takes it: offset, no fractions."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def text_of(form: Mapping[str, Any], name: str) -> str:
    """Return a text of the form, empty when there is none."""
    return form.get(name) or ""
