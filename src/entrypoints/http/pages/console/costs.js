// What agents used, and what it cost.

import { element } from "../markup.js";
import { heading, tag } from "./elements.js";
import { soon } from "./feed.js";
import { address, call } from "./session.js";

const GROUPS = { day: "Day", agent: "Agent", channel: "Channel", model: "Model" };
const MAX_ROWS = 400;

export function costs(view) {
  const by = element("select", ...Object.entries(GROUPS).map(([value, title]) => new Option(title, value)));
  const from = dateField();
  const to = dateField();
  const totals = tag("div", "totals");
  const table = tag("div", "table");
  table.tabIndex = 0;
  table.setAttribute("role", "region");
  table.setAttribute("aria-label", "What was used");
  const status = tag("p", "nothing", "Loading …");
  status.setAttribute("role", "status");
  const refresh = soon(load, 200);
  [by, from, to].forEach((field) => field.addEventListener("change", refresh));
  const fields = tag("div", "fields", element("label", "By ", by), element("label", "From ", from), element("label", "To ", to));
  view.append(heading("Costs"), tag("div", "scroll page", fields, totals, table, status));
  refresh();

  async function load() {
    try {
      const report = await call("GET", address("/v1/usage", { by: by.value, from: from.value, to: to.value }));
      from.value ||= report.since;
      to.value ||= report.until;
      totals.replaceChildren(...sums(report.total));
      table.replaceChildren(...(report.items.length ? [tableOf(report.items.slice(0, MAX_ROWS), by.value)] : []));
      status.hidden = report.items.length > 0;
      status.textContent = "No agent has used anything in these days.";
    } catch (error) {
      status.hidden = false;
      status.textContent = error.message;
    }
  }

  return { end: refresh.cancel };
}

function dateField() {
  const field = element("input");
  field.type = "date";
  return field;
}

const whole = (number) => number.toLocaleString();
const money = (number) => number.toLocaleString([], { minimumFractionDigits: 2, maximumFractionDigits: 4 });

function sums({ turns, tokens_in: input, tokens_out: output, cost }) {
  const shown = [["Cost", money(cost)], ["Turns", whole(turns)], ["Tokens in", whole(input)], ["Tokens out", whole(output)]];
  return shown.map(([name, value]) => tag("div", "total", element("span", name), element("strong", value)));
}

function tableOf(items, group) {
  const head = ["", "Cost", "Turns", "Tokens in", "Tokens out"].map((name) => {
    const cell = element("th", name || GROUPS[group]);
    cell.scope = "col";
    return cell;
  });
  const most = Math.max(...items.map((item) => item.cost), 0);
  const rows = items.map((item) => {
    const name = element("th", item[group] ?? "none");
    name.scope = "row";
    const cost = tag("td", "bar-cell", money(item.cost));
    cost.style.setProperty("--part", most ? item.cost / most : 0);
    return element("tr", name, cost, ...[item.turns, item.tokens_in, item.tokens_out].map((number) => element("td", whole(number))));
  });
  return element("table", element("thead", element("tr", ...head)), element("tbody", ...rows));
}
