"""What the organisation is: its modules, fields, itself, its users, and the webhooks that failed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiohttp import web

from agent.sandbox.zoho import new_fields
from agent.sandbox.zoho.bodies import answer, read_json
from agent.sandbox.zoho.errors import invalid_module, invalid_parameter, missing_parameter
from agent.sandbox.zoho.metadata import Field, Module
from agent.sandbox.zoho.options import INTEGRATION, USERS, User
from agent.sandbox.zoho.paging import read_number, read_per_page
from agent.sandbox.zoho.pushes import Delivery
from agent.sandbox.zoho.state import SandboxState

ORG_ID = "5725767000000000201"
PROFILE = {"name": "Administrator", "id": "5725767000000000301"}
_JSON_TYPES = {
    "integer": "integer",
    "double": "double",
    "currency": "double",
    "boolean": "boolean",
    "lookup": "jsonobject",
    "ownerlookup": "jsonobject",
    "subform": "jsonarray",
    "multiselectlookup": "jsonarray",
}


class SettingsApi:
    """Handlers of the settings, organisation and user endpoints."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """Give the routes."""
        return [
            web.get("/crm/v8/org", self.org),
            web.get("/crm/v8/users", self.users),
            web.get("/crm/v8/settings/modules", self.modules),
            web.get("/crm/v8/settings/fields", self.fields),
            web.post("/crm/v8/settings/fields", self.create_fields),
            web.patch("/crm/v8/settings/fields/{id}", self.update_field),
            web.get("/crm/v8/settings/automation/webhook_failures", self.webhook_failures),
        ]

    async def org(self, _: web.Request) -> web.Response:
        """GET the organisation."""
        org = {
            "id": ORG_ID,
            "company_name": "Sandbox College",
            "type": "sandbox",
            "domain_name": "sandboxcollege",
            "zgid": "700000000",
            "primary_email": "office@example.org",
            "time_zone": "Europe/Istanbul",
            "currency": "US Dollar",
            "currency_symbol": "$",
            "currency_locale": "en_US",
            "iso_code": "USD",
            "country_code": None,
            "license_details": {
                "users_license_purchased": 1,
                "paid": True,
                "paid_type": "enterprise",
                "portal_users_license_purchased": 0,
            },
        }
        return answer(200, {"org": [org]})

    async def users(self, request: web.Request) -> web.Response:
        """GET users; `type=CurrentUser` is the integration's login."""
        kind = request.query.get("type", "AllUsers")
        shown = [INTEGRATION] if kind == "CurrentUser" else list(USERS.values())
        if kind in {"DeletedUsers", "DeactiveUsers", "NotConfirmedUsers"}:
            return answer(204, None)
        page, per_page = read_number(request.query, "page", 1), read_per_page(request.query)
        rows = shown[(page - 1) * per_page : page * per_page]
        if not rows:
            return answer(204, None)
        more = len(shown) > page * per_page
        info = {"per_page": per_page, "count": len(rows), "page": page, "more_records": more}
        return answer(200, {"users": [_user(user) for user in rows], "info": info})

    async def modules(self, request: web.Request) -> web.Response:
        """GET the modules."""
        return answer(
            200,
            {"modules": [_module(item, number) for number, item in enumerate(self._state.modules.values())]},
        )

    async def fields(self, request: web.Request) -> web.Response:
        """GET the fields of `module`, with the rules that writes are held to."""
        name, modules = self._module(request), self._state.modules
        return answer(200, {"fields": [_field(field, modules) for field in modules[name].fields.values()]})

    async def create_fields(self, request: web.Request) -> web.Response:
        """POST new fields of `module`."""
        name = self._module(request)
        return answer(201, new_fields.created(self._state.modules, name, await read_json(request)))

    async def update_field(self, request: web.Request) -> web.Response:
        """PATCH one field of `module`."""
        name, field_id = self._module(request), request.match_info["id"]
        return answer(200, new_fields.updated(self._state.modules, name, field_id, await read_json(request)))

    def _module(self, request: web.Request) -> str:
        name = request.query.get("module")
        if name is None:
            raise missing_parameter("module")
        if name not in self._state.modules:
            raise invalid_module()
        return name

    async def webhook_failures(self, request: web.Request) -> web.Response:
        """GET the pushes of workflow rules that did not arrive in the last 30 days (or `days`, at most 90)."""
        days = read_number(request.query, "days", 30)
        if days > 90:
            raise invalid_parameter("days", maximum=90)
        since = self._state.clock.now() - timedelta(days=days)
        failed = [
            delivery
            for delivery in self._state.pushes.failures()
            if delivery.push.kind == "webhook" and delivery.at is not None and delivery.at >= since
        ]
        rows = [self._failure(delivery) for delivery in failed]
        return answer(200, {"webhook_failures": rows}) if rows else answer(204, None)

    def _failure(self, delivery: Delivery) -> dict[str, Any]:
        push = delivery.push
        store, record_id = self._state.store, push.record_ids[0]
        return {
            "webhook": {"url": push.url},
            "entity_details": {
                "module": push.module,
                "id": record_id,
                "name": store.display_name(push.module, record_id),
            },
            "failure_time": self._state.clock.text(delivery.at or self._state.clock.now()),
            "failure_reason": "page_notfound" if delivery.status == 404 else delivery.reason,
        }


def _user(user: User) -> dict[str, Any]:
    first, _, last = user.name.partition(" ")
    return {
        "id": user.id,
        "full_name": user.name,
        "first_name": first,
        "last_name": last,
        "email": user.email,
        "zuid": user.zuid,
        "status": "active",
        "confirm": True,
        "type__s": "Regular User",
        "profile": PROFILE,
        "role": {"name": "CEO", "id": "5725767000000000401"},
        "time_zone": "Europe/Istanbul",
        "locale": "en_US",
    }


def _module(module: Module, number: int) -> dict[str, Any]:
    label = module.api_name.replace("_", " ")
    return {
        "id": module.id,
        "api_name": module.api_name,
        "module_name": module.api_name,
        "singular_label": label,
        "plural_label": label,
        "generated_type": "default" if module.api_name == "Products" else "custom",
        "status": "visible",
        "visibility": 1,
        "api_supported": True,
        "creatable": True,
        "editable": True,
        "deletable": True,
        "viewable": True,
        "convertable": False,
        "triggers_supported": True,
        "show_as_tab": True,
        "global_search_supported": True,
        "public_fields_configured": False,
        "recycle_bin_on_delete": True,
        "has_more_profiles": False,
        "sub_menu_available": True,
        "profile_count": 1,
        "description": None,
        "profiles": [PROFILE],
        "sequence_number": number + 1,
        "modified_by": None,
        "modified_time": None,
        "web_link": None,
        "parent_module": None,
    }


def _field(field: Field, modules: dict[str, Module]) -> dict[str, Any]:
    writable = not field.read_only
    return {
        **_always(field),
        "id": field.id,
        "api_name": field.api_name,
        "field_label": field.label[:50],
        "display_label": field.label[:50],
        "data_type": field.data_type,
        "json_type": _JSON_TYPES.get(field.data_type, "string"),
        "length": field.length,
        "custom_field": field.custom,
        "system_mandatory": field.mandatory,
        "read_only": field.read_only,
        "field_read_only": field.read_only,
        "unique": {"case_sensitive": False} if field.unique else {},
        "external": None,
        "pick_list_values": _pick_list(field),
        "lookup": _lookup(field, modules),
        "auto_number": {"prefix": "", "start_number": 1} if field.data_type == "autonumber" else {},
        "formula": {"return_type": "currency"} if field.data_type == "formula" else {},
        "operation_type": {
            "web_update": writable,
            "api_create": writable,
            "web_create": writable,
            "api_update": writable,
        },
        "view_type": {"view": True, "edit": writable, "quick_create": False, "create": writable},
    }


def _always(field: Field) -> dict[str, Any]:
    """Give what Zoho says of every field and no rule of the sandbox depends on."""
    return {
        "webhook": True,
        "colour_code_enabled_by_system": False,
        "type": "used",
        "association_details": None,
        "businesscard_supported": False,
        "multi_module_lookup": {},
        "filterable": True,
        "visible": True,
        "profiles": [{"permission_type": "read_write", **PROFILE}],
        "separator": False,
        "searchable": True,
        "history_tracking_enabled": False,
        "enable_colour_code": False,
        "virtual_field": False,
        "range": None,
        "created_source": "default",
        "display_type": -1,
        "ui_type": 1,
        "public": False,
        "email_parser": {"fields_update_supported": True, "record_operations_supported": True},
        "currency": {"rounding_option": "normal", "precision": 2} if field.data_type == "currency" else {},
        "convert_mapping": {},
        "rollup_summary": {},
        "display_field": False,
        "pick_list_values_sorted_lexically": False,
        "sortable": True,
        "mass_update": not field.read_only,
        "multiselectlookup": {},
    }


def _pick_list(field: Field) -> list[dict[str, Any]]:
    return [
        {
            "display_value": shown,
            "actual_value": stored,
            "reference_value": stored,
            "sequence_number": number,
            "id": f"{field.id[:-9]}{int(field.id[-9:]) * 1000 + number:09d}",
            "type": "used",
        }
        for number, (stored, shown) in enumerate(field.picklist, 1)
    ]


def _lookup(field: Field, modules: dict[str, Module]) -> dict[str, Any]:
    if field.lookup_module is None:
        return {}
    target = modules[field.lookup_module]
    return {
        "display_label": field.label[:50],
        "api_name": field.api_name,
        "module": {"api_name": target.api_name, "crypt": False, "id": target.id},
        "id": field.id,
    }
