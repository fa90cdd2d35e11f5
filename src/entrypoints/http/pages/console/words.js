// What the service reports in names and codes, in words for people.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function duration(seconds) {
  if (seconds < MINUTE) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < HOUR) return `${Math.round(seconds / MINUTE)} min`;
  if (seconds < 2 * DAY) return `${Math.round(seconds / HOUR)} h`;
  return `${Math.round(seconds / DAY)} days`;
}

export function clock(at) {
  return new Date(at * 1000).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
}

export function longTime(at) {
  return new Date(at * 1000).toLocaleString([], { dateStyle: "medium", timeStyle: "medium" });
}

// The time of today, or the day.
export function since(at) {
  const date = new Date(at * 1000);
  if (date.toDateString() === new Date().toDateString()) return clock(at);
  return date.toLocaleDateString([], { month: "short", day: "numeric" });
}

export function dayOf(at) {
  const date = new Date(at * 1000);
  if (date.toDateString() === new Date().toDateString()) return "Today";
  return date.toLocaleDateString([], { weekday: "long", month: "long", day: "numeric" });
}

const EVENTS = {
  received: "Message received",
  unrecognised: "Something unknown came in",
  dropped: "Dropped: too much waits",
  delivery: "Delivery status",
  undelivered: "Not delivered",
  human: "Takeover",
  identity: "The person has another name or number now",
  preference: "The person changed what they want to get",
  reachability: "The person can be reached, or no longer",
  account: "News about the account",
  proposed: "Action proposed",
  proposal: "Proposal",
  budget: "Budget",
  stopped: "Sending stopped",
  resumed: "Sending goes on",
  unknown_channel: "A message for an unknown channel",
  webhook: "Event receiver",
  answered: "Answered",
  limited: "Rate limited",
  unreadable: "Not readable",
  stale: "Too old to be answered",
  noted: "Noted, without an answer",
  held: "Left to the human",
  command: "Command of the person",
  routed: "Routed to an agent",
  initiated: "Message of an operator sent",
  loop: "Silent: the other side is a program",
  over_budget: "Over budget",
  unreachable: "The person cannot be reached",
  retried: "Will be tried again",
  failed: "Failed",
};
const BAD = new Set(["failed", "undelivered", "dropped", "stopped", "unreadable", "unknown_channel"]);
const WARNINGS = new Set(["retried", "limited", "stale", "over_budget", "unreachable", "loop", "unrecognised", "budget"]);

export const eventWords = (kind) => EVENTS[kind] ?? kind.replaceAll("_", " ");

export function eventTone(kind) {
  if (BAD.has(kind)) return "bad";
  return WARNINGS.has(kind) ? "warning" : "";
}

const REASONS = {
  "send: window_closed": "More than 24 hours have passed since the person wrote. Write to them with a template instead.",
  "send: unknown": "It is not known whether the message was sent. Read the transcript before you replay it.",
  "send: media_refused": "The channel cannot use the file.",
  "send: part_refused": "The channel does not take such a message.",
  "send: final": "The channel says that this message will never be delivered.",
  "send: person_unreachable": "The person blocked the account, or left.",
  "send: account_blocked": "Nothing can be sent from this account. Repair it at the provider, then replay.",
  "send: throttled": "The channel took too many messages at once. Replay later.",
  "send: person_throttled": "This person got too many messages at once. Replay later.",
  "send: unreachable": "The channel could not be reached. Replay once it answers.",
  "agent: unreachable": "The agents' runtime could not be reached. Replay once it answers.",
  "agent: not_ready": "The agents' runtime was not ready. Replay once it is.",
  "agent: timeout": "The agent did not answer in time.",
  "agent: model_failed": "The agent's model failed. Look at the runtime's log, then replay.",
  "agent: crashed": "The agent crashed. Look at the runtime's log, then replay.",
  "agent: empty_answer": "The agent answered nothing.",
  "agent: unknown_agent": "The runtime knows no such agent. Look at the name in channels.yaml.",
  "agent: rejected": "The runtime does not accept our request. Look at its credentials and log.",
  "crash loop": "Each worker that tried this turn ended. Read its messages, and the log, before you replay it.",
};

// What a reason means, and what can be done. Empty when there is nothing to add.
export function explain(reason) {
  const known = Object.keys(REASONS).find((name) => reason.startsWith(name));
  return known ? REASONS[known] : "";
}
