// The actions of a person. Each of them is one call.

import { call } from "./api.js";
import { TELEGRAM, addressOf } from "./channels.js";
import { ask, button, showMenu } from "./dialogs.js";
import { element } from "./markup.js";

const EMOJI = { whatsapp: ["👍", "❤️", "😂", "😮", "😢", "🙏"], telegram: ["👍", "❤️", "🔥", "🎉", "😢", "🙏"] };
const LOCATION_FIELDS = [
  { name: "latitude", label: "Latitude", value: "52.520008", type: "number" },
  { name: "longitude", label: "Longitude", value: "13.404954", type: "number" },
  { name: "name", label: "Name of the place", value: "Café Central", required: false },
];
const CONTACT_FIELDS = [
  { name: "name", label: "Name", value: "Carla Moreno" },
  { name: "phone", label: "Phone", value: "+15550006666" },
];
const ADDRESS_FIELDS = [
  { name: "name", label: "Name", value: "Ana" },
  { name: "phone_number", label: "Phone", value: "+15550002222" },
  { name: "address", label: "Street", value: "Hauptstraße 1" },
  { name: "city", label: "City", value: "Berlin" },
  { name: "in_pin_code", label: "Postal code", value: "10115" },
];

export class Actions {
  // `number` and `channel` return those of the open thread, `showError` shows an error, `reply` starts a reply.
  constructor({ number, channel, showError, reply }) {
    Object.assign(this, { number, channel, showError, reply });
  }

  async post(path, body) {
    try {
      await call("POST", `${addressOf(this.number(), this.channel())}/${path}`, body);
      this.showError("");
      return true;
    } catch (error) {
      this.showError(error.message);
      return false;
    }
  }

  send = (message) => this.post("messages", message);
  tap = (message, choice) => this.post("taps", { message_id: message.id, choice });
  fill = (message, values) => this.post("forms", { message_id: message.id, values });
  play = (message) => this.post("plays", { message_id: message.id });

  async sendLocation(message) {
    const place = await ask("Send a location", LOCATION_FIELDS, "Send");
    if (!place) return;
    const content = { ...place, latitude: Number(place.latitude), longitude: Number(place.longitude) };
    await this.send({ type: "location", content, reply_to: message?.id });
  }

  async shareContact(message) {
    const card = await ask("Send a contact", CONTACT_FIELDS, "Send");
    if (!card) return;
    const origin = message ? "contact_request" : "other";
    await this.send({ type: "contacts", content: { ...card, origin }, reply_to: message?.id });
  }

  shareOwnContact = (message) => this.send({ type: "own_contact", reply_to: message?.id });
  block = (blocked) => this.post("blocks", { blocked });

  async sendAddress(message) {
    const content = await ask("Send an address", ADDRESS_FIELDS, "Send");
    if (content) await this.send({ type: "address", content, reply_to: message?.id });
  }

  allowCalls = (response) => this.send({ type: "call_permission", content: { response } });
  changeUserId = () => this.post("user_ids", {});
  changeSecurityCode = () => this.post("security_codes", {});

  async writeFromBusinessApp() {
    const field = { name: "text", label: "Text of the employee", rows: 3 };
    const message = await ask("Message from the business app", [field], "Send");
    if (message) await this.post("human", message);
  }

  async changeNumber(onNewNumber) {
    const field = { name: "number", label: "New number", type: "tel", value: "+1555000" };
    const answer = await ask("Change of number", [field], "Change");
    if (answer && (await this.post("number", answer))) await onNewNumber(answer.number.replace("+", ""));
  }

  menu(message, anchor) {
    const own = message.author === "person";
    const onTelegram = message.channel === TELEGRAM;
    const prefix = message.human ? "human_" : "";
    const items = [element("div", ...EMOJI[message.channel].map((emoji) => this.#emoji(message, emoji)))];
    items[0].className = "emoji";
    items.push(button("Reply", () => this.reply(message)));
    if (own && !onTelegram) items.push(button("👍 from the business app", () => this.#react(message, "business", "👍")));
    const editable = message.type === "text" || (onTelegram && message.content.caption);
    if ((own || message.human) && editable) items.push(button("Edit", () => this.#edit(message, prefix)));
    if ((own && !onTelegram) || message.human) items.push(button("Delete for everyone", () => this.#revoke(message, prefix)));
    showMenu(anchor, items, "Actions for this message");
  }

  #emoji(message, emoji) {
    const isSet = message.reactions.person === emoji;
    const node = button(emoji, () => this.#react(message, "person", emoji));
    node.setAttribute("aria-pressed", String(isSet));
    node.setAttribute("aria-label", isSet ? `Remove ${emoji}` : `React with ${emoji}`);
    return node;
  }

  // The same emoji a second time removes the reaction.
  #react(message, author, emoji) {
    const isSet = message.reactions[author] === emoji;
    const path = author === "business" ? "human_reactions" : "reactions";
    return this.post(path, { message_id: message.id, emoji: isSet ? "" : emoji });
  }

  #revoke = (message, prefix) => this.post(`${prefix}revocations`, { message_id: message.id });

  async #edit(message, prefix) {
    const edited = await ask("Edit", [{ name: "text", label: "Text", rows: 3, value: message.body }], "Save");
    if (edited) await this.post(`${prefix}edits`, { message_id: message.id, text: edited.text });
  }
}
