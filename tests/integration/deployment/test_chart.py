"""The Helm chart: what it makes is valid, hardened, and what Trunkline needs."""

from collections.abc import Mapping
from typing import Any

import kubernetes_validate
import pytest
import yaml

from entrypoints.settings import WorkerSettings
from entrypoints.settings.environment import OVERRIDES
from support.documents import ROOT
from support.helm import CHART, ChartError, Helm, Object

AGENT = (ROOT / "config/agents/whatsapp-assistant.agent.yaml").read_text(encoding="utf-8")
CHANNELS = (ROOT / "config/channels.yaml").read_text(encoding="utf-8")
LEAST: Object = {
    "existingSecret": "trunkline",
    "config": {"channels": CHANNELS},
    "store": {"url": "redis://valkey.data:6379/0"},
    "agents": {"url": "http://astromesh:8000"},
}
EVERYTHING: Object = LEAST | {
    "secretFiles": {"existingSecret": "tokens", "variables": ["WHATSAPP_ACCESS_TOKEN", "TRUNKLINE_ADMIN_TOKEN"]},
    "store": {},
    "valkey": {"enabled": True, "storageClassName": "fast"},
    "web": {"autoscaling": {"enabled": True}},
    "worker": {"autoscaling": {"enabled": True, "metric": "age_of_the_queue", "selector": {"channel": "whatsapp"}}},
    "agents": {
        "enabled": True,
        "files": {"whatsapp-assistant": AGENT},
        "existingSecret": "model",
        "autoscaling": {"enabled": True},
    },
    "ingress": {
        "enabled": True,
        "className": "nginx",
        "annotations": {"nginx.ingress.kubernetes.io/proxy-body-size": "3m"},
        "host": "trunkline.example",
        "channels": ["whatsapp", "whatsapp-sales"],
        "tlsSecret": "tls",
    },
    "networkPolicy": {
        "webFrom": [{"namespaceSelector": {}}],
        "monitoringFrom": [{"namespaceSelector": {"matchLabels": {"name": "monitoring"}}}],
        "egress": [{"ports": [{"port": 443}]}],
    },
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "imagePullSecrets": [{"name": "registry"}],
    "podAnnotations": {"a": "b"},
    "nodeSelector": {"kubernetes.io/os": "linux"},
    "tolerations": [{"key": "messages", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {}},
}
both = pytest.mark.parametrize("values", [LEAST, EVERYTHING], ids=["least", "everything"])
# Kinds of other projects have no schema.
EXTENSIONS = {"ServiceMonitor"}


def named(objects: list[Object], kind: str, role: str) -> Object:
    """The object of this kind for this role."""
    (found,) = (each for each in objects if each["kind"] == kind and each["metadata"]["name"].endswith(f"-{role}"))
    return found


def pods(objects: list[Object]) -> dict[str, Object]:
    """The templates of all pods, by role."""
    templates = [each["spec"]["template"] for each in objects if each["kind"] in {"Deployment", "StatefulSet"}]
    return {each["metadata"]["labels"]["app.kubernetes.io/component"]: each for each in templates}


def variables(pod: Object) -> dict[str, object]:
    (container,) = pod["spec"]["containers"]
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container["env"]}


def merged(values: Mapping[str, Any], **changes: Any) -> Object:
    return {**values, **changes}


@both
def test_helm_finds_nothing_wrong(helm: Helm, values: Object) -> None:
    """`helm lint`, from warnings on."""
    assert helm.findings(values) == []


@pytest.mark.parametrize("version", ["1.30", "1.37"])
@both
def test_every_object_is_valid(helm: Helm, values: Object, version: str) -> None:
    """By Kubernetes' own schemas. Keys that they do not know are errors."""
    for each in helm.objects(values):
        if each["kind"] not in EXTENSIONS:
            kubernetes_validate.validate(each, version, strict=True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"store": {}}, "give one store"),
        ({"valkey": {"enabled": True}}, "give one store"),
        ({"store": {"url": "embedded"}}, "cannot share the embedded store"),
        ({"existingSecret": ""}, "existingSecret: name the Secret"),
        ({"secretFiles": {"existingSecret": "tokens"}}, "secretFiles.variables: name the keys"),
        ({"secretFiles": {"variables": ["TOKEN"]}}, "secretFiles.existingSecret: name the Secret"),
        ({"secretFiles": {"existingSecret": "tokens", "variables": ["a-b"]}}, "variables"),
        ({"config": {}}, "give the channels"),
        ({"agents": {}}, "give one place where agents run"),
        ({"agents": {"enabled": True}}, "agents.files: give the agents"),
        ({"agents": {"enabled": True, "files": {"a": AGENT}}}, "agents.memory: give the address"),
        ({"store": {}, "valkey": {"enabled": True}, "networkPolicy": {"enabled": False}}, "it has no password"),
        ({"ingress": {"enabled": True}}, "ingress.host: name the host"),
        ({"worker": {"replica": 3}}, "replica"),
        ({"web": {"replicas": "two"}}, "replicas"),
    ],
)
def test_what_is_missing_or_wrong_is_said(helm: Helm, changes: Object, message: str) -> None:
    """Nothing is installed."""
    with pytest.raises(ChartError, match=message):
        helm.objects(merged(LEAST, **changes))


@both
def test_every_container_is_hardened(helm: Helm, values: Object) -> None:
    """Not root, a root that is read-only, no capability, no token of the cluster, a limit of memory."""
    for pod in pods(helm.objects(values)).values():
        spec = pod["spec"]
        (container,) = spec["containers"]
        assert spec["automountServiceAccountToken"] is False
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]
        assert {"livenessProbe", "startupProbe"} <= container.keys()


def test_web_and_worker_share_the_given_store(helm: Helm) -> None:
    """It replaces that of service.yaml."""
    for role, pod in pods(helm.objects(LEAST)).items():
        assert pod["spec"]["containers"][0]["args"][:3] == ["serve", "--role", role]
        assert variables(pod)["TRUNKLINE_STORE"] == "redis://valkey.data:6379/0"
        assert variables(pod)["TRUNKLINE_AGENTS_URL"] == "http://astromesh:8000"
        assert variables(pod).keys() <= set(OVERRIDES)


def test_the_address_of_the_store_may_be_a_secret(helm: Helm) -> None:
    """It has a password then."""
    values = merged(LEAST, store={"existingSecret": {"name": "store", "key": "url"}})

    stores = [variables(pod)["TRUNKLINE_STORE"] for pod in pods(helm.objects(values)).values()]

    assert stores == [{"secretKeyRef": {"name": "store", "key": "url"}}] * 2


def test_the_parts_find_each_other(helm: Helm) -> None:
    """Each name is that of a service, and each service finds its pods."""
    objects = helm.objects(EVERYTHING)
    roles = pods(objects)

    assert variables(roles["worker"])["TRUNKLINE_STORE"] == "redis://demo-trunkline-valkey:6379/0"
    assert variables(roles["worker"])["TRUNKLINE_AGENTS_URL"] == "http://demo-trunkline-agents:8000"
    assert variables(roles["agents"])["TRUNKLINE_STORE"] == "redis://demo-trunkline-valkey:6379/1"
    services = {each["metadata"]["name"]: each for each in objects if each["kind"] == "Service"}
    assert services.keys() == {f"demo-trunkline-{role}" for role in roles}
    for name, service in services.items():
        pod = roles[name.rpartition("-")[2]]
        assert service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()


def test_agents_get_no_secret_of_the_channels(helm: Helm) -> None:
    """Only those of their models."""
    (container,) = pods(helm.objects(EVERYTHING))["agents"]["spec"]["containers"]

    assert container["envFrom"] == [{"secretRef": {"name": "model"}}]


def test_secrets_may_be_files(helm: Helm) -> None:
    """Each variable of web and worker names the file that the mounted Secret has for it. Agents get none."""
    roles = pods(helm.objects(EVERYTHING))

    for role in ("web", "worker"):
        (container,) = roles[role]["spec"]["containers"]
        (mount,) = (each for each in container["volumeMounts"] if each["name"] == "secrets")
        assert mount["readOnly"] is True
        assert {"name": "secrets", "secret": {"secretName": "tokens"}} in roles[role]["spec"]["volumes"]
        for name in EVERYTHING["secretFiles"]["variables"]:
            assert variables(roles[role])[f"{name}_FILE"] == f"{mount['mountPath']}/{name}"
    assert "secrets" not in [each["name"] for each in roles["agents"]["spec"]["volumes"]]


def test_all_secrets_may_be_files(helm: Helm) -> None:
    """Then there is no Secret of variables."""
    values = merged(LEAST, existingSecret="", secretFiles=EVERYTHING["secretFiles"])

    for pod in pods(helm.objects(values)).values():
        assert "envFrom" not in pod["spec"]["containers"][0]


def test_web_and_worker_send_traces_where_a_collector_is_given(helm: Helm) -> None:
    """Agents are no part of it."""
    tracing = {"endpoint": "http://collector:4318", "env": {"OTEL_TRACES_SAMPLER_ARG": 0.1}}
    roles = pods(helm.objects(merged(EVERYTHING, tracing=tracing)))

    for role in ("web", "worker"):
        assert variables(roles[role])["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://collector:4318"
        assert variables(roles[role])["OTEL_TRACES_SAMPLER_ARG"] == "0.1"
    assert not any(name.startswith("OTEL_") for name in variables(roles["agents"]))


def test_a_changed_configuration_restarts_its_pods(helm: Helm) -> None:
    """And no others."""
    before = pods(helm.objects(EVERYTHING))
    channels = pods(helm.objects(merged(EVERYTHING, config={"channels": CHANNELS + "# new\n"})))
    agents = merged(EVERYTHING["agents"], files={"whatsapp-assistant": AGENT + "# new\n"})
    files = pods(helm.objects(merged(EVERYTHING, agents=agents)))

    assert {role for role in before if before[role] != channels[role]} == {"web", "worker"}
    assert {role for role in before if before[role] != files[role]} == {"agents"}


def test_the_files_arrive_unchanged(helm: Helm) -> None:
    """With placeholders and comments."""
    objects = helm.objects(EVERYTHING)

    assert named(objects, "ConfigMap", "config")["data"] == {"channels.yaml": CHANNELS, "service.yaml": ""}
    assert named(objects, "ConfigMap", "agents")["data"] == {"whatsapp-assistant.agent.yaml": AGENT}


def test_workers_are_added_while_the_queue_is_old(helm: Helm) -> None:
    """By the metric that the values name. The replicas are left to the autoscaler."""
    objects = helm.objects(EVERYTHING)

    (metric,) = named(objects, "HorizontalPodAutoscaler", "worker")["spec"]["metrics"]

    assert metric["external"] == {
        "metric": {"name": "age_of_the_queue", "selector": {"matchLabels": {"channel": "whatsapp"}}},
        "target": {"type": "Value", "value": "5"},
    }
    assert "replicas" not in named(objects, "Deployment", "worker")["spec"]
    assert named(helm.objects(LEAST), "Deployment", "worker")["spec"]["replicas"] == 2


@both
def test_no_role_is_down_at_once(helm: Helm, values: Object) -> None:
    """Pods of web and worker are on several zones and nodes, and are taken away one after the other."""
    objects = helm.objects(values)

    for role in ("web", "worker"):
        spec = named(objects, "Deployment", role)["spec"]["template"]["spec"]
        keys = {spread["topologyKey"] for spread in spec["topologySpreadConstraints"]}
        assert keys == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
        budget = named(objects, "PodDisruptionBudget", role)["spec"]
        assert budget["maxUnavailable"] == 1
        assert budget["selector"]["matchLabels"]["app.kubernetes.io/component"] == role


def test_only_the_webhooks_are_open_to_the_world(helm: Helm) -> None:
    """One exact path for each channel."""
    (ingress,) = (each for each in helm.objects(EVERYTHING) if each["kind"] == "Ingress")

    paths = [(path["pathType"], path["path"]) for path in ingress["spec"]["rules"][0]["http"]["paths"]]

    assert paths == [
        ("Exact", "/v1/channels/whatsapp/webhook"),
        ("Exact", "/v1/channels/whatsapp-sales/webhook"),
    ]


def test_only_trunkline_reaches_its_store_and_its_agents(helm: Helm) -> None:
    """Neither asks for a password."""
    objects = helm.objects(EVERYTHING)

    callers = {}
    for role in ("valkey", "agents"):
        (rule,) = named(objects, "NetworkPolicy", role)["spec"]["ingress"]
        labels = [peer["podSelector"]["matchLabels"] for peer in rule["from"]]
        assert all(each["app.kubernetes.io/instance"] == "demo" for each in labels)
        callers[role] = [each["app.kubernetes.io/component"] for each in labels]

    assert callers == {"valkey": ["web", "worker", "agents"], "agents": ["web", "worker"]}


def test_the_store_of_the_chart_keeps_messages(helm: Helm) -> None:
    """On a volume, and it evicts nothing."""
    store = named(helm.objects(EVERYTHING), "StatefulSet", "valkey")["spec"]

    arguments = " ".join(store["template"]["spec"]["containers"][0]["args"])

    assert "--appendonly yes --appendfsync always --maxmemory-policy noeviction" in arguments
    assert store["volumeClaimTemplates"][0]["spec"]["storageClassName"] == "fast"


def test_prometheus_reads_web_and_worker(helm: Helm) -> None:
    """Its monitor selects both services, by the name of their port."""
    objects = helm.objects(EVERYTHING)
    (monitor,) = (each for each in objects if each["kind"] == "ServiceMonitor")

    (expression,) = monitor["spec"]["selector"]["matchExpressions"]
    (endpoint,) = monitor["spec"]["endpoints"]

    for role in expression["values"]:
        (port,) = named(objects, "Service", role)["spec"]["ports"]
        assert port["name"] == endpoint["port"]


def test_pods_have_the_time_to_finish(helm: Helm) -> None:
    """They are killed only after the grace period of a worker, and of web after its `preStop`."""
    seconds = [pod["spec"]["terminationGracePeriodSeconds"] for pod in pods(helm.objects(EVERYTHING)).values()]

    assert min(seconds) > WorkerSettings().grace_seconds + 5


def test_its_version_is_that_of_the_project() -> None:
    """The image of this version is its default."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    assert chart["version"] == chart["appVersion"]
    assert f'\nversion = "{chart["version"]}"\n' in project
