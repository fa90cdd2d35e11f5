// Requests to the API. A token that was typed here stays in the memory of the page, and is gone with it.

import { ask } from "../dialogs.js";

let token = "";
let asking = null;

// A problem that the service reported, in words for the operator.
export class Problem extends Error {
  constructor(status, { detail, reason, problems } = {}) {
    const more = reason ?? problems?.join("; ");
    super([detail ?? `The service answered ${status}.`, more].filter(Boolean).join(" "));
    this.status = status;
  }
}

// Ask the API. Where it wants a token, the operator is asked for it, and the request is made again.
export async function request(method, path, { body, headers = {}, signal } = {}) {
  for (;;) {
    const used = token;
    const sent = { ...headers };
    if (used) sent.Authorization = `Bearer ${used}`;
    if (body) sent["Content-Type"] = "application/json";
    const answer = await fetch(path, { method, headers: sent, body: body && JSON.stringify(body), signal });
    if (answer.ok) return answer;
    if (answer.status !== 401) throw new Problem(answer.status, await problemOf(answer));
    if (used === token) await signIn(used !== "");
  }
}

export async function call(method, path, options) {
  const answer = await request(method, path, options);
  return answer.status === 204 ? null : answer.json();
}

// An address with these parameters. Those without a value are left out; a list repeats its name.
export function address(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one) query.append(name, one);
  }
  return query.size ? `${path}?${query}` : path;
}

export const conversationPath = (id) => `/v1/conversations/${encodeURIComponent(id)}`;

function signIn(again) {
  asking ??= askForToken(again).finally(() => (asking = null));
  return asking;
}

async function askForToken(again) {
  const label = again ? "This token is not right. Try again:" : "Operator's token";
  let given = null;
  while (!given?.token) {
    given = await ask("Sign in", [{ name: "token", label, type: "password", autocomplete: "off" }], "Sign in");
  }
  token = given.token.trim();
}

async function problemOf(answer) {
  try {
    return await answer.json();
  } catch {
    return {};
  }
}
