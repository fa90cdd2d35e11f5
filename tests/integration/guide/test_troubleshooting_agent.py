"""Guide, "Troubleshooting": an agent that does not respond, and the fixes of the guide."""

import httpx

from support.model_server import Says, ScriptedModel
from support.phone import Phone, dead_letters
from support.polling import eventually
from support.service import StartService, trunkline

APOLOGY = "Sorry, something went wrong on our side"


class TestAgentNotResponding:
    async def test_a_default_agent_without_a_file(self, start_service: StartService, own_phone: Phone) -> None:
        """ "Check that the default_agent matches an agent file": one apology, and a dead letter with the name."""
        service = await start_service(default_agent="whatsap-assistant")

        answer = await own_phone.ask("anybody?")
        (letter,) = await eventually(lambda: dead_letters(service))

        assert answer.startswith(APOLOGY)
        assert await own_phone.heard() == [answer]
        assert "whatsap-assistant" in letter["reason"]
        assert "unknown_agent" in letter["reason"]

    async def test_the_doctor_compares_agent_and_files(self, start_service: StartService) -> None:
        """It suggests the name that was meant."""
        service = await start_service(default_agent="whatsap-assistant", role="web")

        done = await trunkline("doctor", "--config-dir", str(service.config_dir))

        assert done.returncode == 1
        assert "whatsapp: agent: whatsap-assistant does not exist in" in done.stdout
        assert "did you mean whatsapp-assistant?" in done.stdout

    async def test_the_log_has_the_agents_errors(self, start_service: StartService, own_phone: Phone) -> None:
        """ "Review the logs for agent execution errors": turn, agent and reason, without the texts."""
        service = await start_service(default_agent="whatsap-assistant")

        await own_phone.ask("a private matter")
        (letter,) = await eventually(lambda: dead_letters(service))

        assert f"turn {letter['turn_id']} is a dead letter: agent whatsap-assistant: unknown_agent" in service.log
        assert "private matter" not in service.log
        assert own_phone.number not in service.log

    async def test_the_agent_can_be_asked_directly(self, agents_url: str) -> None:
        """ "Test the agent directly via the REST API: POST /v1/agents/whatsapp-assistant/run"."""
        question = {"query": "are you well?", "session_id": "a test"}

        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            answer = await http.post(f"{agents_url}/v1/agents/whatsapp-assistant/run", json=question)

        assert answer.json()["answer"] == "You said: are you well?"

    async def test_the_person_gets_an_apology_when_the_model_stays_away(
        self, start_service: StartService, own_phone: Phone, model: ScriptedModel
    ) -> None:
        """ "Verify that the configured LLM provider is reachable and has valid credentials": after the retries."""
        # An agent of its own: Astromesh stops asking a model that failed three times in a row, for everybody.
        service = await start_service(default_agent="other-assistant")
        model.script["bad credentials"] = Says(status=401, text="no such key")

        answer = await own_phone.ask("bad credentials", seconds=30)
        (letter,) = await eventually(lambda: dead_letters(service))

        assert answer.startswith(APOLOGY)
        assert model.queries.count("bad credentials") > 1
        assert "model_failed" in letter["reason"]

    async def test_a_model_that_comes_back_is_asked_again(self, phone: Phone, model: ScriptedModel) -> None:
        """After a short outage the person waits some seconds, and gets no apology."""
        model.script["a short outage"] = Says(status=500, text="try again")
        await phone.write("a short outage")
        await eventually(lambda: model.queries.count("a short outage"))

        model.script["a short outage"] = Says(text="here I am")

        assert await phone.next_after(0) == "here I am"
