"""Settings: read all or one with what may be set, change one, go back to its default."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from agent.store.options import OPTIONS, OptionError
from agent.store.settings import Setting, SettingChangedError, SettingsStore
from agent.web.api.operations import Asked, Call, Nothing, Operation, Reply, Told
from agent.web.api.roles import Role
from agent.web.problems import ProblemError

SETTINGS = web.AppKey("settings_store", SettingsStore)


class SettingTold(Told):
    """One setting: what it is, what it may be, and who made it so."""

    key: str
    group: str = Field(description="the part of the key before its first dot")
    description: str
    value: dict[str, Any] = Field(description="what is in force, defaults filled in")
    default: dict[str, Any]
    value_schema: dict[str, Any] = Field(description="JSON Schema of the value")
    tag: str = Field(description="its entity tag, for If-Match")
    version: int = Field(
        description="how often it was changed since it left its default; 0: it is the default"
    )
    updated_by: str | None
    updated_at: datetime | None


class SettingsTold(Told):
    """Every setting."""

    settings: list[SettingTold]


class SettingNamed(Asked):
    """Which setting."""

    key: Annotated[str, Field(pattern=r"^[a-z_.]{1,60}$", description="such as modules.enabled")]


class NewValue(Asked):
    """What a setting is to be; what is not named keeps its default."""

    value: dict[str, Any]


def _told(one: Setting) -> SettingTold:
    shape = OPTIONS[one.key]
    return SettingTold(
        key=one.key,
        group=one.key.partition(".")[0],
        description=one.description,
        value=one.value,
        default=shape().model_dump(mode="json"),
        value_schema=shape.model_json_schema(),
        tag=_tag(one),
        version=one.version,
        updated_by=one.updated_by,
        updated_at=one.updated_at,
    )


def _tag(one: Setting) -> str:
    return f'"{one.tag}"'


def _known(call: Call) -> str:
    key: str = call.path.key
    if key not in OPTIONS:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"There is no setting {key}.")
    return key


def _expected(call: Call) -> str | None:
    """Read If-Match; `*` means whatever it is now."""
    given = call.headers.get("If-Match", "").strip()
    if not given:
        raise ProblemError(
            HTTPStatus.PRECONDITION_REQUIRED, "Say in If-Match which state is to be changed (its ETag)."
        )
    return None if given == "*" else given.removeprefix("W/").strip('"')


def _lost_race(key: str) -> ProblemError:
    return ProblemError(
        HTTPStatus.PRECONDITION_FAILED,
        f"{key} was changed by somebody else in between; read it again.",
    )


async def list_settings(call: Call) -> Reply:
    """List every setting with what it is now, its default and what it may be."""
    return Reply(SettingsTold(settings=[_told(one) for one in await call.app[SETTINGS].all()]))


async def get_setting(call: Call) -> Reply:
    """Read one setting; its ETag names this state of it."""
    one = await call.app[SETTINGS].one(_known(call))
    return Reply(_told(one), {"ETag": _tag(one)})


async def put_setting(call: Call) -> Reply:
    """Change a setting. It is in force on every agent within a second; who changed what is kept."""
    key = _known(call)
    try:
        one = await call.app[SETTINGS].set(key, call.body.value, by=call.by, expected=_expected(call))
    except OptionError as error:
        errors = [
            {"field": ".".join(filter(None, ("value", one.field))), "message": one.reason}
            for one in error.misfits
        ]
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), errors=errors) from None
    except SettingChangedError:
        raise _lost_race(key) from None
    return Reply(_told(one), {"ETag": _tag(one)})


async def delete_setting(call: Call) -> Reply:
    """Go back to a setting's default."""
    key = _known(call)
    try:
        await call.app[SETTINGS].reset(key, by=call.by, expected=_expected(call))
    except SettingChangedError:
        raise _lost_race(key) from None
    one = await call.app[SETTINGS].one(key)
    return Reply(_told(one), {"ETag": _tag(one)})


_ONE = {
    "path": "/v1/settings/{key}",
    "role": Role.ADMINISTRATOR,
    "reply": SettingTold,
    "path_in": SettingNamed,
}
_ABSENT = (HTTPStatus.NOT_FOUND,)

OPERATIONS = (
    Operation(
        "GET",
        "/v1/settings",
        Role.ADMINISTRATOR,
        "Every setting",
        list_settings,
        SettingsTold,
        query_in=Nothing,
    ),
    Operation(
        method="GET",
        summary="One setting",
        handler=get_setting,
        problems=_ABSENT,
        tagged=True,
        **_ONE,  # type: ignore[arg-type]
    ),
    Operation(
        method="PUT",
        summary="Change a setting",
        handler=put_setting,
        body_in=NewValue,
        problems=_ABSENT,
        conditional=True,
        tagged=True,
        **_ONE,  # type: ignore[arg-type]
    ),
    Operation(
        method="DELETE",
        summary="Back to the default",
        handler=delete_setting,
        problems=_ABSENT,
        conditional=True,
        tagged=True,
        **_ONE,  # type: ignore[arg-type]
    ),
)
