"""Guide, "Production Deployment" and "Testing with ngrok"."""

import httpx
from attrs import evolve

from support.phone import Phone, post
from support.polling import eventually
from support.service import Service, StartService, trunkline
from support.simulator import RunningSimulator


async def test_behind_a_proxy_that_ends_tls(guide_service: Service, phone: Phone) -> None:
    """ "Use a reverse proxy (nginx, Caddy) or a cloud load balancer": its headers change nothing."""
    added = {
        "host": "your-domain.com",
        "x-forwarded-for": "203.0.113.7",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "your-domain.com",
        "via": "1.1 proxy",
    }

    answer = await post(guide_service, phone.text("through the proxy", wamid="wamid.proxy"), **added)

    assert answer.status_code == 200
    assert await phone.next_after(0) == "You said: through the proxy"


async def test_the_address_outlives_a_restart(start_service: StartService, own_phone: Phone) -> None:
    """ "Stable webhook URL: your production URL must not change"."""
    service = await start_service()
    before = service.webhook_url

    await service.restart()

    assert service.webhook_url == before
    assert await own_phone.ask("still there?") == "You said: still there?"


async def test_an_expired_token_is_named(start_service: StartService, meta: RunningSimulator) -> None:
    """ "The temporary token from Meta's dashboard expires. Create a System User": the doctor says exactly that."""
    service = await start_service(role="web")
    meta.simulator.business = evolve(meta.simulator.business, access_token="the-next-token")

    done = await trunkline("doctor", "--config-dir", str(service.config_dir))

    assert done.returncode == 1
    assert "the access token expired or is wrong" in done.stdout
    assert "create a System User" in done.stdout


async def test_a_missing_app_secret_is_warned_about(start_service: StartService) -> None:
    """ "Set the app secret: always configure WHATSAPP_APP_SECRET in production"."""
    service = await start_service(app_secret="", role="web")

    done = await trunkline("doctor", "--offline", "--config-dir", str(service.config_dir))

    assert "app_secret is not set" in service.log
    assert "warning: configuration: channels.whatsapp: app_secret is not set" in done.stdout


async def test_metrics_show_latency_and_errors(guide_service: Service, phone: Phone) -> None:
    """ "Monitor the webhook: track webhook latency, agent execution time, and error rates"."""
    await phone.ask("count me")
    await post(guide_service, phone.text("forged", wamid="wamid.forged"), secret="another-secret")

    counted = await eventually(
        lambda: _counted(guide_service, 'trunkline_turns_total{channel="whatsapp",outcome="answered"}')
    )

    route = 'method="POST",route="/v1/channels/{channel}/webhook"'
    assert counted[f"trunkline_http_response_seconds_count{{{route}}}"] >= 2
    assert counted[f'trunkline_http_requests_total{{{route},status="200"}}'] >= 1
    assert counted[f'trunkline_http_requests_total{{{route},status="403"}}'] >= 1
    assert counted['trunkline_forged_webhooks_total{channel="whatsapp"}'] >= 1


async def _counted(service: Service, name: str) -> dict[str, float]:
    """The sum of all values of this metric, once it exists."""
    answer: httpx.Response = await service.http.get(f"{service.url}/metrics")
    samples = [line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#")]
    counted = {sample: float(value) for sample, _, value in samples}
    return counted if counted.get(name) else {}


async def test_it_is_watched_by_its_probes(guide_service: Service, guide_meta: RunningSimulator) -> None:
    """ "Docker or Kubernetes": alive, and ready with store and agents."""
    alive, ready = [await guide_service.http.get(f"{guide_service.url}/{probe}") for probe in ("livez", "readyz")]

    assert (alive.status_code, ready.status_code) == (200, 200), guide_service.log
