"""A server that speaks Zoho CRM's API v8 and OAuth, with a generated college behind it.

In a test or a demonstration::

    async with running_sandbox(college=30, seed=1, webhook_url=".../v1/events/zoho/{slug}",
                               webhook_secret="...") as zoho:
        zoho.base_url                                # accounts host and API host in one
        zoho.control.edit("BTEC_Students", record_id, {"City": "Oran"})   # as a person: webhooks fire
        zoho.control.fail("drop_after", path="/upsert")                   # see `Fault`, `Plan`
        zoho.control.disturb(drop=0.3, duplicate=0.2, reorder=0.2)        # the pushes, see `Weather`
        zoho.control.advance(hours=1)
        zoho.control.set_latency(120)
        await zoho.control.settle()                  # every webhook delivered
        zoho.control.count("POST", "/upsert")        # calls so far; `.calls` has their bodies

From a command line: `run_zoho_sandbox(port, college=1500, seed=1, latency_ms=120, webhook_url=..., ...)`;
the same control then answers under `/sandbox/…` to loopback callers (`control_api`).
Keywords are the fields of `SandboxOptions`. Client id, client secret and refresh token are `sandbox`.

Nobody has documented, and the sandbox assumes: text lengths are counted in UTF-16 units; names of fields that
do not exist are dropped without a word, in writes and in `fields`; a unique value ignores letter case; instants
without offset, with `Z` or with milliseconds are refused; `trigger: []` does not silence notifications (a knob).
Left out: search, filters of a count, bulk read, composite, tags, X-EXTERNAL, layouts; notifications of related records.
"""

from agent.sandbox.zoho.control import SandboxControl
from agent.sandbox.zoho.faults import Fault, Plan, Weather
from agent.sandbox.zoho.options import INTEGRATION, REGISTRAR, SandboxOptions
from agent.sandbox.zoho.server import RunningSandbox, create_app, run_zoho_sandbox, running_sandbox
from agent.sandbox.zoho.state import SandboxState

__all__ = [
    "INTEGRATION",
    "REGISTRAR",
    "Fault",
    "Plan",
    "RunningSandbox",
    "SandboxControl",
    "SandboxOptions",
    "SandboxState",
    "Weather",
    "create_app",
    "run_zoho_sandbox",
    "running_sandbox",
]
