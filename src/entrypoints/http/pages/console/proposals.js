// What agents proposed, and what became of it.

import { ask, button } from "../dialogs.js";
import { element } from "../markup.js";
import { actionButton, conversationLink, facts, heading, pill, say, showItems, tag, time } from "./elements.js";
import { soon } from "./feed.js";
import { address, call } from "./session.js";

const MAX_ROWS = 200;
const PAGE = 100;
const TONES = { open: "warning", undelivered: "bad", failed: "bad", done: "good", approved: "good" };
const REASON = [{ name: "reason", label: "Why? The agent reads it.", required: false, maxLength: 500 }];

export function proposals(view) {
  const cards = tag("ul", "cards");
  const status = tag("p", "nothing", "Loading …");
  status.setAttribute("role", "status");
  const refresh = soon(load, 300);
  let onlyOpen = true;
  const chip = button("Only open", () => {
    onlyOpen = !onlyOpen;
    chip.setAttribute("aria-pressed", onlyOpen);
    refresh();
  }, "chip");
  chip.setAttribute("aria-pressed", true);
  view.append(heading("Proposals", tag("div", "chips", chip)), tag("div", "scroll page", cards, status));
  refresh();

  async function load() {
    const items = [];
    let after = "";
    try {
      do {
        const state = onlyOpen ? "open" : "";
        const page = await call("GET", address("/v1/proposals", { state, limit: PAGE, after }));
        items.push(...page.items);
        after = page.next;
      } while (after && items.length < MAX_ROWS);
    } catch (error) {
      status.hidden = false;
      status.textContent = error.message;
      return;
    }
    showItems(cards, items, { key: (proposal) => proposal.id, make: (proposal) => card(proposal, refresh) });
    status.hidden = Boolean(items.length && !after);
    if (after) status.textContent = `The oldest ${items.length}.`;
    else status.textContent = onlyOpen ? "Nothing waits for a decision." : "No agent has proposed anything.";
  }

  const changes = (event) => !event || event.kind === "proposed" || event.kind === "proposal";
  return { changed: (event) => changes(event) && refresh(), end: refresh.cancel };
}

function card(proposal, refresh) {
  const node = tag("li", "card", tag("div", "row-title", element("h2", proposal.tool), pill(proposal.state, TONES[proposal.state])));
  const shown = Object.entries(proposal.arguments).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  node.append(
    facts(shown),
    facts([
      ["Conversation", conversationLink(`${proposal.channel}:${proposal.user}`)],
      ["Agent", [proposal.agent, proposal.via].filter(Boolean).join(", via ")],
      ["Proposed", time(proposal.proposed_at)],
      ["Decided", proposal.decided_by && `${proposal.decided_by}: ${proposal.reason || "no reason"}`],
      ["Error", proposal.error],
      ["Result", proposal.result],
    ]),
  );
  const actions = actionsOf(proposal, refresh);
  if (actions.length) node.append(tag("div", "actions", ...actions));
  return node;
}

function actionsOf({ id, state, tool }, refresh) {
  const decide = (verb, title, done) => async () => {
    const asked = await ask(`${title}: ${tool}`, REASON, title);
    if (!asked) return;
    await call("POST", `/v1/proposals/${encodeURIComponent(id)}/${verb}`, { body: asked });
    say(done);
    refresh();
  };
  const approve = actionButton("Approve", decide("approve", "Approve", "Approved."), "primary");
  if (state === "undelivered") return [approve];
  return state === "open" ? [approve, actionButton("Reject", decide("reject", "Reject", "Rejected."), "danger")] : [];
}
