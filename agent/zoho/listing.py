"""One list of a module's records: which page comes next, and what to do when a page token is too old."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from agent.errors import SyncError
from agent.outbound import together
from agent.zoho import paging
from agent.zoho.answers import read_object
from agent.zoho.errors import page_token_expired
from agent.zoho.models import RecordPage
from agent.zoho.transport import Transport


class Listing:
    """The pages of one list; records may come twice when it has to begin again."""

    def __init__(
        self, transport: Transport, module: str, fields: Sequence[str], headers: Mapping[str, str]
    ) -> None:
        self._transport = transport
        self._module = module
        self._params = paging.list_params(fields)
        self._headers = headers

    async def whole(self) -> AsyncIterator[RecordPage]:
        """Read all pages. A page token lives for 24 hours; should one expire, begin again, once."""
        try:
            async for page in self._from_the_start():
                yield page
        except SyncError as error:
            if not page_token_expired(error):
                raise
            async for page in self._from_the_start():
                yield page

    async def of_ids(self, ids: Sequence[str]) -> AsyncIterator[RecordPage]:
        """Read the records of these ids, many calls at once."""
        chunks = [ids[start : start + paging.IDS_A_CALL] for start in range(0, len(ids), paging.IDS_A_CALL)]
        for pages in await together([self._all_of(chunk) for chunk in chunks]):
            for page in pages:
                yield page

    async def _all_of(self, ids: Sequence[str]) -> list[RecordPage]:
        """Read the records of one call's ids to the end: one that is left out counts as deleted."""
        which = {"ids": ",".join(ids)}
        pages = [await self._page(which)]
        while pages[-1].more:
            pages.append(await self._page({**which, "page_token": paging.token_after(pages[-1])}))
        return pages

    async def _from_the_start(self) -> AsyncIterator[RecordPage]:
        last = RecordPage([])
        for numbers in paging.WINDOWS:
            for last in await together([self._page({"page": str(number)}) for number in numbers]):
                yield last
                if not last.more:
                    return
        if last.from_highest_id:
            async for page in self._from_both_ends(last):
                yield page
            return
        while last.more:
            last = await self._page({"page_token": paging.token_after(last)})
            yield last

    async def _from_both_ends(self, front: RecordPage) -> AsyncIterator[RecordPage]:
        """Read what follows a page, and the list from its other end, until both meet; some records come twice."""
        numbers = iter(paging.FROM_THE_END)
        from_front, from_back = set[str](), set[str]()
        back: RecordPage | None = None
        while front.more and (back is None or back.more) and not from_front & from_back:
            wanted = [{"page": str(number)} for number in next(numbers, ())]
            if back is not None and not wanted:
                wanted = [{"page_token": paging.token_after(back)}]
            front, *backs = await together(
                [
                    self._page({"page_token": paging.token_after(front)}),
                    *(self._page({**paging.ASCENDING, **which}) for which in wanted),
                ]
            )
            for page, seen in ((front, from_front), *((page, from_back) for page in backs)):
                seen.update(str(record["id"]) for record in page.records)
                yield page
            back = backs[-1]

    async def _page(self, which: Mapping[str, str]) -> RecordPage:
        said = await self._transport.get(
            self._module,
            read_object,
            params={**self._params, **which},
            headers=self._headers,
            heavy="sort_by" in which,
        )
        return paging.read_page(said)
