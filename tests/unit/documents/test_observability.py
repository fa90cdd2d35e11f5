"""The list of metrics is complete; alerts and dashboard use metrics that exist, and the alerts are tested."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.documents import ROOT
from support.metrics import exported_series, exported_types

FOLDER = ROOT / "deploy/observability"
ROW = re.compile(r"^\| `(trunkline_\w+)` \| (\w+) \|", re.MULTILINE)
SERIES = re.compile(r"\btrunkline_\w+")
# What Grafana puts into a query.
VARIABLES = {"$channel": ".*", "$__rate_interval": "5m"}

needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FOLDER / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def queries() -> list[str]:
    dashboard = json.loads((FOLDER / "grafana/trunkline.json").read_text(encoding="utf-8"))
    return [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]


def promtool(*arguments: str) -> None:
    ended = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_every_metric_is_documented() -> None:
    """Each with its type, and no other is."""
    documented = ROW.findall((ROOT / "docs/metrics.md").read_text(encoding="utf-8"))

    assert dict(documented) == exported_types()
    assert len(documented) == len(exported_types())


@pytest.mark.parametrize("query", [*(alert["expr"] for alert in alerts()), *queries()])
def test_every_query_names_metrics_that_exist(query: str) -> None:
    """Under the names of their series."""
    names = SERIES.findall(query)

    assert names
    assert set(names) <= exported_series()


def test_every_alert_is_tested() -> None:
    """By a case in which it fires."""
    cases = yaml.safe_load((FOLDER / "alerts_test.yaml").read_text(encoding="utf-8"))["tests"]

    fired = {check["alertname"] for case in cases for check in case["alert_rule_test"] if check.get("exp_alerts")}

    assert fired == {alert["alert"] for alert in alerts()}


def test_every_alert_says_what_is_wrong() -> None:
    """And how bad it is."""
    for alert in alerts():
        assert alert["annotations"]["summary"]
        assert alert["labels"]["severity"] in {"warning", "critical"}


@needs_promtool
def test_the_alerts_pass_their_tests() -> None:
    promtool("test", "rules", str(FOLDER / "alerts_test.yaml"))


@needs_promtool
def test_prometheus_takes_its_configuration() -> None:
    """With the rules that it names."""
    promtool("check", "config", str(FOLDER / "prometheus.yaml"))


@needs_promtool
def test_prometheus_understands_the_dashboard(tmp_path: Path) -> None:
    """Each query, as a rule."""
    expressions = queries()
    for variable, value in VARIABLES.items():
        expressions = [expression.replace(variable, value) for expression in expressions]
    rules = [{"record": f"query:{number}", "expr": expression} for number, expression in enumerate(expressions)]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))

    promtool("check", "rules", str(tmp_path / "rules.yaml"))


def test_compose_mounts_files_that_exist() -> None:
    """And includes the service itself, whose processes Prometheus asks."""
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
    service = yaml.safe_load((FOLDER / compose["include"][0]).read_text(encoding="utf-8"))
    prometheus = yaml.safe_load((FOLDER / "prometheus.yaml").read_text(encoding="utf-8"))

    mounted = [volume.partition(":")[0] for part in compose["services"].values() for volume in part.get("volumes", ())]
    targets = prometheus["scrape_configs"][0]["static_configs"][0]["targets"]

    assert all((FOLDER / path).is_file() for path in mounted if path.startswith("./"))
    assert {target.partition(":")[0] for target in targets} <= set(service["services"])
