// The channels on which one can write, and the switch between them.

import { element, symbol } from "./markup.js";

export const WHATSAPP = "whatsapp";
export const TELEGRAM = "telegram";
const TITLES = { [WHATSAPP]: "WhatsApp", [TELEGRAM]: "Telegram" };

export const titleOf = (channel) => TITLES[channel];

// What the list of people knows of a person's thread on a channel: the last message, and whether somebody is typing.
export const threadOf = (person, channel) => (channel === TELEGRAM ? person.telegram : person);

// The address of a person's actions on a channel.
export const addressOf = (number, channel) => `/phone/${number}${channel === TELEGRAM ? "/telegram" : ""}`;

// Shows the switch where there is something to choose. `unread` counts the unread messages of a channel.
export function showChannels(node, channels, current, unread, choose) {
  node.hidden = channels.length < 2;
  document.documentElement.dataset.channel = current;
  if (node.dataset.channels !== channels.join()) {
    node.dataset.channels = channels.join();
    node.replaceChildren(...channels.map((channel) => choice(channel, choose)));
  }
  for (const input of node.querySelectorAll("input")) {
    const count = unread(input.value);
    input.checked = input.value === current;
    input.setAttribute("aria-label", count ? `${titleOf(input.value)}, ${count} unread` : titleOf(input.value));
    input.parentElement.querySelector("b").textContent = count || "";
  }
}

export function channelSymbol(channel) {
  const svg = symbol(`icon-${channel}`);
  svg.setAttribute("class", `channel-symbol ${channel}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `On ${titleOf(channel)}`);
  return svg;
}

function choice(channel, choose) {
  const input = element("input");
  Object.assign(input, { type: "radio", name: "channel", value: channel });
  input.addEventListener("change", () => choose(channel));
  const icon = symbol(`icon-${channel}`);
  icon.setAttribute("aria-hidden", "true");
  const count = element("b");
  count.setAttribute("aria-hidden", "true");
  return element("label", input, icon, element("span", titleOf(channel)), count);
}
