"""The endpoints of webhooks and workflow rules."""

from __future__ import annotations

from aiohttp import web

from agent.sandbox.zoho.bodies import answer, read_json
from agent.sandbox.zoho.paging import read_number, read_per_page
from agent.sandbox.zoho.state import SandboxState

PATH = "/crm/v8/settings/automation"


class AutomationApi:
    """Handlers of `settings/automation/webhooks` and `settings/automation/workflow_rules`."""

    def __init__(self, state: SandboxState) -> None:
        self._automation = state.automation

    def routes(self) -> list[web.RouteDef]:
        """Give the routes."""
        several, one = (
            f"{PATH}/{{kind:webhooks|workflow_rules}}",
            f"{PATH}/{{kind:webhooks|workflow_rules}}/{{id}}",
        )
        return [
            web.get(several, self.listed),
            web.post(several, self.create),
            web.delete(several, self.delete),
            web.get(one, self.one),
            web.put(one, self.update),
        ]

    async def listed(self, request: web.Request) -> web.Response:
        """GET a page of them."""
        page, per_page = read_number(request.query, "page", 1), read_per_page(request.query)
        found = self._automation.listed(request.match_info["kind"], page, per_page)
        return answer(204 if found is None else 200, found)

    async def one(self, request: web.Request) -> web.Response:
        """GET one of them, whole."""
        return answer(200, self._automation.one(request.match_info["kind"], request.match_info["id"]))

    async def create(self, request: web.Request) -> web.Response:
        """POST one."""
        return answer(*self._automation.create(request.match_info["kind"], await read_json(request)))

    async def update(self, request: web.Request) -> web.Response:
        """PUT one."""
        kind, item_id = request.match_info["kind"], request.match_info["id"]
        return answer(*self._automation.update(kind, item_id, await read_json(request)))

    async def delete(self, request: web.Request) -> web.Response:
        """DELETE those named by `ids`."""
        ids = [part for part in request.query.get("ids", "").split(",") if part]
        return answer(*self._automation.delete(request.match_info["kind"], ids))
