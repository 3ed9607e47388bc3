"""The alerts, judged and played by Prometheus' own tool."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.conftest import PROJECT
from tests.deploy.test_configurations import tool

RULES = PROJECT / "ops" / "watch" / "rules.yml"

# For each alert: what is measured each minute, when it is looked at, and the labels of the series that it is about.
FIRES: dict[str, tuple[dict[str, str], int, dict[str, str]]] = {
    "ZohosyncDown": ({'up{job="zohosync"}': "1x5 0x30"}, 12, {"job": "zohosync"}),
    "ZohosyncWorkIsDue": ({"zohosync_due_seconds": "0x5 400x30"}, 12, {}),
    "ZohosyncTargetStopped": ({'zohosync_target_stopped{target="zoho"}': "0x5 1x30"}, 20, {"target": "zoho"}),
    "ZohosyncTargetNotReached": (
        {'zohosync_target_reached{target="zoho"}': "1x5 0x30"},
        25,
        {"target": "zoho"},
    ),
    "ZohosyncEventsFailed": ({'zohosync_events{status="failed"}': "0x5 2x30"}, 25, {}),
    "ZohosyncPassFailed": ({'zohosync_pass_failed{entity="unit"}': "0x5 1x60"}, 40, {"entity": "unit"}),
    "ZohosyncPassIsOld": (
        {
            'zohosync_pass_timestamp_seconds{entity="unit",kind="any"}': "0x400",
            'zohosync_module_enabled{entity="unit"}': "1x400",
        },
        270,
        {"entity": "unit"},
    ),
    "ZohosyncOutboxStuck": ({'zohosync_outbox{status="pending"}': "0x5 900x60"}, 40, {}),
    "ZohosyncOutboxDead": ({'zohosync_outbox{status="dead"}': "0x5 1x60"}, 25, {}),
    "ZohosyncMoodleCron": ({"zohosync_moodle_cron_timestamp_seconds": "0x60"}, 50, {}),
    "ZohosyncCreditsLow": ({"zohosync_zoho_credits": "5000x5 900x30"}, 15, {}),
    "ZohosyncClocksApart": ({"zohosync_clocks_apart_seconds": "0x5 -200x30"}, 25, {}),
}


def test_every_alert_is_silent_first_and_fires_when_it_should(tmp_path: Path) -> None:
    rules = {
        rule["alert"]: rule
        for group in yaml.safe_load(RULES.read_text())["groups"]
        for rule in group["rules"]
    }
    assert set(rules) == set(FIRES)
    cases = tmp_path / "cases.yml"
    tests = [_case(rules[alert], *what) for alert, what in FIRES.items()]
    cases.write_text(
        yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": tests})
    )
    for words in (["check", "rules", str(RULES)], ["test", "rules", str(cases)]):
        done = subprocess.run([tool("promtool"), *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def _case(
    rule: dict[str, Any], series: dict[str, str], minute: int, labels: dict[str, str]
) -> dict[str, Any]:
    """Nothing is said in the first minutes, then this alert with its words."""
    words = {
        name: re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda found: labels[found[1]], text)
        for name, text in rule["annotations"].items()
    }
    fires = [{"exp_labels": {**rule["labels"], **labels}, "exp_annotations": words}]
    given = [{"series": name, "values": values} for name, values in series.items()]
    looks = [
        {"eval_time": "2m", "alertname": rule["alert"], "exp_alerts": []},
        {"eval_time": f"{minute}m", "alertname": rule["alert"], "exp_alerts": fires},
    ]
    return {"interval": "1m", "input_series": given, "alert_rule_test": looks}
