// Channels and their health, and the parts that all of them need.

import { element } from "../markup.js";
import { actionButton, facts, heading, link, pill, say, showItems, tag, time } from "./elements.js";
import { soon } from "./feed.js";
import { call } from "./session.js";
import { duration } from "./words.js";

const REFRESH_MILLISECONDS = 10_000;
const LATE_SECONDS = 300;

export function channels(view) {
  const cards = tag("ul", "cards");
  const status = tag("p", "nothing", "Loading …");
  status.setAttribute("role", "status");
  const refresh = soon(load, 300);
  const timer = setInterval(refresh, REFRESH_MILLISECONDS);
  view.append(heading("Channels"), tag("div", "scroll page", cards, status));
  refresh();

  async function load() {
    try {
      const [service, items] = await Promise.all([health(), call("GET", "/v1/channels")]);
      showItems(cards, [service, ...items], {
        key: (item) => item.name ?? "",
        make: (item) => (item.parts ? serviceCard(item) : channelCard(item, refresh)),
      });
      status.hidden = true;
    } catch (error) {
      status.hidden = false;
      status.textContent = error.message;
    }
  }

  return {
    changed: refresh,
    end() {
      clearInterval(timer);
      refresh.cancel();
    },
  };
}

// What /readyz says: 503 names the state of each part.
async function health() {
  const answer = await fetch("/readyz");
  const said = await answer.json();
  return { ready: answer.ok, parts: said.parts ?? {}, detail: answer.ok ? "" : said.detail };
}

function serviceCard({ ready, parts, detail }) {
  const state = ready ? pill("ready", "good") : pill("not ready", "bad");
  const node = tag("li", "card", tag("div", "row-title", element("h2", "Service"), state));
  if (detail) node.append(tag("p", "help", detail));
  node.append(facts(Object.entries(parts)));
  if (ready) node.append(tag("p", "help", "The store keeps messages, and the agents answer."));
  node.append(facts([["You", link("who you are, and the way out", "/console/login")]]));
  return node;
}

function channelCard(channel, refresh) {
  const breaker = channel.circuit_breaker;
  const stopped = breaker.state !== "closed";
  const troubled = channel.fetching && channel.fetching !== "ok";
  const late = channel.oldest_seconds > LATE_SECONDS;
  const state = stopped ? pill("sending stopped", "bad") : troubled ? pill("trouble", "bad") : pill("sending", "good");
  const node = tag("li", stopped || troubled ? "card bad" : "card", tag("div", "row-title", element("h2", channel.name), state));
  if (stopped) {
    node.append(tag("p", "help", `Nothing is sent from this account: ${breaker.reason}. Messages wait; none is lost.`));
  }
  const waiting = channel.waiting ? `${channel.waiting} conversations` : "nobody";
  const oldest = channel.oldest_seconds === null ? "" : `, the oldest for ${duration(channel.oldest_seconds)}`;
  node.append(
    facts([
      ["Type", channel.type],
      ["Agent", channel.agent],
      ["Waiting", late ? pill(waiting + oldest, "bad") : waiting + oldest],
      ["Window", channel.window_seconds ? duration(channel.window_seconds) : "without end"],
      ["Fetching", channel.fetching],
      ["Stopped since", stopped ? time(breaker.since) : ""],
      ["Next try", stopped ? time(breaker.retry_at) : ""],
    ]),
  );
  if (stopped) node.append(tag("div", "actions", actionButton("Send again now", () => close(channel.name, refresh), "primary")));
  return node;
}

async function close(name, refresh) {
  await call("DELETE", `/v1/channels/${encodeURIComponent(name)}/circuit-breaker`);
  say("Messages are sent again.");
  refresh();
}
