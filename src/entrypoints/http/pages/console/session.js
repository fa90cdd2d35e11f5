// Requests to the API, in the session that began at the login.

const LOGIN = "/console/login";
let csrfToken = "";

// A problem that the service reported, in words for the operator.
export class Problem extends Error {
  constructor(status, { detail, reason, problems } = {}) {
    const more = reason ?? problems?.join("; ");
    super([detail ?? `The service answered ${status}.`, more].filter(Boolean).join(" "));
    this.status = status;
  }
}

// Who is logged in. Without a session, the operator is led to the login.
export async function whoAmI() {
  const me = await call("GET", "/v1/operators/me");
  csrfToken = me.csrf_token;
  return me;
}

// Ask the API. Whatever changes something shows that it comes from this page.
export async function request(method, path, { body, headers = {}, signal } = {}) {
  const sent = { ...headers };
  if (method !== "GET" && csrfToken) sent["X-CSRF-Token"] = csrfToken;
  if (body) sent["Content-Type"] = "application/json";
  const answer = await fetch(path, { method, headers: sent, body: body && JSON.stringify(body), signal });
  if (answer.ok) return answer;
  if (answer.status === 401) location.assign(LOGIN);
  throw new Problem(answer.status, await problemOf(answer));
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

async function problemOf(answer) {
  try {
    return await answer.json();
  } catch {
    return {};
  }
}
