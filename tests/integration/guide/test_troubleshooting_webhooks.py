"""Guide, "Troubleshooting": webhooks that are not verified, refused or repeated, and the fixes of the guide."""

from pathlib import Path

import pytest
import yaml
from attrs import evolve

from adapters.redis.embedded import EmbeddedStore
from simulator.webhooks.caller import WebhookNotVerifiedError
from support.model_server import ScriptedModel
from support.phone import Phone, post
from support.polling import eventually
from support.service import Service, StartService, running_service, trunkline, write_config
from support.simulator import APP_SECRET, VERIFY_TOKEN, RunningSimulator

HANDSHAKE = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}


class TestWebhookVerificationFails:
    @pytest.mark.parametrize("token", [f"{VERIFY_TOKEN} ", f" {VERIFY_TOKEN}", VERIFY_TOKEN.upper()])
    async def test_the_token_must_match_exactly(
        self, guide_service: Service, guide_meta: RunningSimulator, token: str
    ) -> None:
        """ "No trailing spaces, correct case"."""
        ours = guide_meta.simulator.business
        guide_meta.simulator.business = evolve(ours, verify_token=token)

        with pytest.raises(WebhookNotVerifiedError, match="answered 403"):
            await guide_meta.simulator.verify_webhook()

        guide_meta.simulator.business = ours

    async def test_a_space_in_the_configuration_is_pointed_out(self, start_service: StartService) -> None:
        """The doctor finds what is hard to see."""
        service = await start_service(role="web", verify_token=f"{VERIFY_TOKEN} ")

        done = await trunkline("doctor", "--offline", "--config-dir", str(service.config_dir))

        assert "verify_token begins or ends with white space" in done.stdout

    async def test_it_must_run_and_be_reachable(self, start_service: StartService, meta: RunningSimulator) -> None:
        """ "Ensure the instance is running and reachable at the configured callback URL"."""
        service = await start_service(role="web")
        await service.kill()

        with pytest.raises(WebhookNotVerifiedError, match="cannot be reached"):
            await meta.simulator.verify_webhook()
        await service.start()
        await meta.simulator.verify_webhook()

    @pytest.mark.parametrize(
        "path",
        ["/webhook", "/v1/channels/whatsapp", "/v1/channels/WhatsApp/webhook", "/v1/channel/whatsapp/webhook"],
    )
    async def test_the_path_must_be_exact(self, guide_service: Service, path: str) -> None:
        """ "Check that the URL path is exactly /v1/channels/whatsapp/webhook"."""
        answer = await guide_service.http.get(f"{guide_service.url}{path}", params=HANDSHAKE)

        assert answer.status_code == 404


class TestSignatureValidationFails:
    async def test_a_rotated_secret_and_a_restart(
        self, start_service: StartService, meta: RunningSimulator, own_phone: Phone, model: ScriptedModel
    ) -> None:
        """ "If you recently rotated the app secret, update the environment variable and restart"; nothing is lost."""
        service = await start_service()
        meta.simulator.business = evolve(meta.simulator.business, app_secret="the-next-secret")
        message_id = await own_phone.write("signed anew")
        await eventually(lambda: _refused(own_phone, message_id))

        service.environ = {"WHATSAPP_APP_SECRET": "the-next-secret"}
        await service.restart()

        assert await own_phone.next_after(0, seconds=20) == "You said: signed anew"
        assert model.queries.count("signed anew") == 1

    async def test_both_secrets_while_it_is_rotated(self, start_service: StartService, own_phone: Phone) -> None:
        """A list of two secrets leaves no moment in which a webhook is refused."""
        service = await start_service(app_secret=["${WHATSAPP_APP_SECRET}", "the-next-secret"])
        bodies = [own_phone.text(text, wamid=f"wamid.{text}") for text in ("old", "new", "neither")]

        answers = [
            (await post(service, body, secret=secret)).status_code
            for body, secret in zip(bodies, (APP_SECRET, "the-next-secret", "another-secret"), strict=True)
        ]

        assert answers == [200, 200, 403]

    async def test_without_a_secret_on_this_machine(
        self, tmp_path: Path, store_url: str, agents_url: str, meta: RunningSimulator, own_phone: Phone
    ) -> None:
        """ "Temporarily remove app_secret from channels.yaml to skip validation (development only)"."""
        config = write_config(tmp_path / "config", graph_url=meta.url, store=store_url, agents_url=agents_url)
        _remove_key(config / "channels.yaml", "app_secret")

        async with running_service(config) as service:
            answer = await post(service, own_phone.text("unsigned", wamid="wamid.unsigned"), secret=None)
            answered = await own_phone.next_after(0)

        assert (answer.status_code, answered) == (200, "You said: unsigned")

    async def test_without_a_secret_beyond_this_machine(self, tmp_path: Path) -> None:
        """ "Any HTTP client could send fake messages to your endpoint": so it does not even start."""
        config = write_config(
            tmp_path, graph_url="http://127.0.0.1:9", store="embedded", agents_url="http://127.0.0.1:9"
        )
        _remove_key(config / "channels.yaml", "app_secret")

        done = await trunkline("serve", "--config-dir", str(config), "--host", "0.0.0.0", "--port", "0")  # noqa: S104

        assert done.returncode == 1
        assert "channels.whatsapp.app_secret" in done.stderr
        assert "anybody could send fake messages" in done.stderr


async def _refused(phone: Phone, message_id: str) -> bool:
    """Whether this message of Meta was refused and is kept by Meta."""
    message = await phone.meta.message(message_id, number=phone.number)
    return bool(message["attempts"]) and message["status"] == "accepted"


def _remove_key(path: Path, key: str) -> None:
    tree = yaml.safe_load(path.read_text())
    del tree["channels"]["whatsapp"][key]
    path.write_text(yaml.safe_dump(tree))


class TestMetaRetriesTheWebhook:
    async def test_what_is_not_stored_is_delivered_again(
        self, tmp_path: Path, agents_url: str, meta: RunningSimulator, own_phone: Phone, model: ScriptedModel
    ) -> None:
        """ "Meta retries if it does not receive a 200": with the store away, and then it is answered once."""
        store = EmbeddedStore(directory=tmp_path / "away", fsync="no")
        await store.start()
        config = write_config(tmp_path / "config", graph_url=meta.url, store=store.url, agents_url=agents_url)
        async with running_service(config) as service:
            meta.point_at(service.webhook_url)
            before = await own_phone.ask("are you there?")
            await store.stop()
            answer = await post(service, own_phone.text("not yet", wamid="wamid.not.yet"))
            message_id = await own_phone.write("will you keep this?")
            await eventually(lambda: _refused(own_phone, message_id))

            await store.start()
            answered = await own_phone.next_after(1, seconds=20)
            await own_phone.ask("and this?")
        await store.stop()

        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert answered == "You said: will you keep this?"
        assert await own_phone.heard() == [before, answered, "You said: and this?"]
        assert model.queries.count("will you keep this?") == 1
        assert "the store is away" in service.log

    async def test_a_second_delivery_is_answered_200_and_not_again(
        self, guide_service: Service, phone: Phone, model: ScriptedModel
    ) -> None:
        """The 200 came too late for Meta. The duplicate is dropped."""
        body = phone.text("once, please", wamid="wamid.once")

        answers = [await post(guide_service, body) for _ in range(3)]
        await phone.next_after(0)
        late = await post(guide_service, body)
        await phone.ask("afterwards")

        assert {answer.status_code for answer in (*answers, late)} == {200}
        assert await phone.heard() == ["You said: once, please", "You said: afterwards"]
        assert model.queries.count("once, please") == 1

    async def test_the_route_does_not_wait_for_the_agent(self, start_service: StartService, own_phone: Phone) -> None:
        """ "The handler should return 200 before the agent runs": also when no agent can run."""
        service = await start_service(role="web")

        answer = await post(service, own_phone.text("for later", wamid="wamid.later"))
        await start_service(role="worker")

        assert answer.status_code == 200
        assert await own_phone.next_after(0) == "You said: for later"
