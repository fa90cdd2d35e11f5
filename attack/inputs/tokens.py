"""Hostile requests for the routes that need no operator: files, messages of runs, and the login of the console."""

import json
import time
from collections.abc import Callable, Mapping
from random import Random
from urllib.parse import quote, urlencode

from application.file_token import FileToken
from application.run_token import RunToken
from application.signed_tokens import TokenSigner
from attack.inputs import json_values
from attack.inputs.request import Request, http
from attack.people import HOSTILE_NUMBERS
from attack.plan import ADMIN_TOKEN, CHANNEL, TOOLS_SECRET
from domain.messages.inbound import Media
from domain.messages.shared_values import MediaKind
from domain.people.person import Conversation

RUN_MESSAGES = "/api/v1/runs/messages/send"
FILES = "/v1/files"
LOGIN = "/console/login"
SIGNER = TokenSigner(secrets=(TOOLS_SECRET.encode(),))
ODD_TOKENS = ("", ".", "..", "e30.", "e30.e30", "x" * 5_000, "%00.%ff", "eyJ9.====")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "text/plain")


def odd_file(random: Random) -> Request:
    """The address of a file that nobody sent, with any name and type; or of none."""
    media = Media(
        kind=random.choice(list(MediaKind)),
        id=json_values.text(random, longest=200),
        mime_type=json_values.text(random, longest=100),
        filename=json_values.text(random, longest=100),
    )
    made = FileToken(channel=random.choice((CHANNEL, "telegram", "")), media=media)
    token = made.signed(SIGNER, expires_at=_moment(random))
    method = random.choice(("GET", "GET", "GET", "HEAD", "POST"))
    return Request(kind="file address", data=http(method, f"{FILES}/{quote(_damaged(token, random), safe='')}"))


def odd_run_message(random: Random) -> Request:
    """What a tool sends: any JSON, for a run that is over, or that there never was."""
    user = f"{HOSTILE_NUMBERS}{random.randrange(10**7):07}"
    conversation = Conversation(channel=random.choice((CHANNEL, "telegram")), user=user)
    token = RunToken(conversation=conversation, turn_id="1-0").signed(SIGNER, expires_at=_moment(random))
    asked = {
        "channel": CHANNEL,
        "recipient": f"+{user}",
        "text": json_values.text(random, longest=300),
        "conversation_ref": "",
    }
    body = json.dumps(json_values.mutated(asked, random) if random.random() < 0.4 else asked).encode()
    made = random.choice((body, body, body, body, json_values.deep(random), json_values.no_json(body, random)))
    headers = {"X-Nexus-Run-Token": _damaged(token, random), "Content-Type": "application/json"}
    return Request(kind="run message", data=http("POST", RUN_MESSAGES, headers, made))


def odd_login(random: Random) -> Request:
    """The form of the console: the right token in an odd form, of another page, or an odd cookie."""
    pairs = [("token", ADMIN_TOKEN)] * random.choice((1, 1, 2, 200)) + [("csrf_token", "x" * random.choice((0, 9_000)))]
    body = random.choice((urlencode(pairs).encode(), b"token", json_values.no_json(b"token=x", random)))
    headers = {
        "Content-Type": random.choice(FORMS),
        "Origin": random.choice(("http://localhost", "https://elsewhere.example", "null")),
        "Cookie": f"trunkline_session={random.choice(ODD_TOKENS)}",
    }
    return Request(kind="login", data=http("POST", LOGIN, headers, body))


def _moment(random: Random) -> float:
    """Long ago, soon, or in centuries: when the token expires."""
    return random.choice((1.0, time.time() + 600, 9e9))


def _damaged(token: str, random: Random) -> str:
    """The token as it is, cut, with other letters, or another one."""
    body, _, signature = token.partition(".")
    changed = (token[: random.randrange(len(token))], f"{body}.{signature[::-1]}", f"{body[::-1]}.{signature}")
    return random.choice((token, token, token, *changed, random.choice(ODD_TOKENS)))


# Wrong tokens slow their address down, so what may hold one comes last.
TOKEN_KINDS: Mapping[Callable[[Random], Request], int] = {odd_file: 6, odd_run_message: 10}
LAST_KINDS: Mapping[Callable[[Random], Request], int] = {odd_login: 3}
