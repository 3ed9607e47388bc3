"""What Zoho's answers mean to the rest of the agent. Records themselves stay plain dictionaries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from agent.errors import SyncError

WriteAction = Literal["insert", "update"]
Record = dict[str, Any]  # Zoho's JSON: field API name -> value; `id` is text


@dataclass(frozen=True)
class RecordPage:
    """One page of a list.

    Attributes:
        records: at most 200, in Zoho's order.
        next_token: `page_token` of the page after this one, when Zoho gave one.
        more: whether there is a page after this one.
        from_highest_id: whether Zoho says that it sorts by falling ids, as it does where nothing else is asked for.
    """

    records: list[Record]
    next_token: str | None = None
    more: bool = False
    from_highest_id: bool = False


@dataclass(frozen=True)
class ItemResult:
    """What became of one record of a write.

    Attributes:
        index: place of the record in the list that the caller gave, from 0.
        ok: whether Zoho took it.
        id: Zoho's record id; None when the record was refused.
        action: what Zoho did; None when the record was refused or Zoho does not say.
        code, message: Zoho's own words (`SUCCESS`, `record added`; `INVALID_DATA`, `invalid data`).
        details: Zoho's `details`: field name, length, the duplicate record.
        error: what to do about a refusal; None when `ok`.
    """

    index: int
    ok: bool
    id: str | None
    action: WriteAction | None
    code: str
    message: str
    details: dict[str, Any] = field(default_factory=dict)
    error: SyncError | None = None


@dataclass(frozen=True)
class DeletedRecord:
    """One line of a module's list of deleted records.

    Attributes:
        id: record id.
        deleted_at: when it was deleted (aware).
        permanent: True when it has left the recycle bin too.
    """

    id: str
    deleted_at: datetime
    permanent: bool
