// Everything a person can do besides typing; each is one call.

import { call } from "./api.js";
import { ask, button, showMenu } from "./dialogs.js";
import { element } from "./markup.js";

const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
const PLACE = [
  { name: "latitude", label: "Latitude", value: "52.520008", type: "number" },
  { name: "longitude", label: "Longitude", value: "13.404954", type: "number" },
  { name: "name", label: "Place", value: "Café Central", required: false },
];
const CARD = [
  { name: "name", label: "Who", value: "Carla Moreno" },
  { name: "phone", label: "Telephone", value: "+15550006666" },
];
const ADDRESS = [
  { name: "name", label: "Who", value: "Ana" },
  { name: "phone_number", label: "Telephone", value: "+15550002222" },
  { name: "address", label: "Street", value: "Hauptstraße 1" },
  { name: "city", label: "Town", value: "Berlin" },
  { name: "in_pin_code", label: "Postal code", value: "10115" },
];

export class Actions {
  // `number` tells whose phone is open, `trouble` shows what went wrong, `reply` starts a reply.
  constructor({ number, trouble, reply }) {
    Object.assign(this, { number, trouble, reply });
  }

  async post(path, body) {
    try {
      await call("POST", `/phone/${this.number()}/${path}`, body);
      this.trouble("");
      return true;
    } catch (error) {
      this.trouble(error.message);
      return false;
    }
  }

  send = (note) => this.post("messages", note);
  tap = (message, choice) => this.post("taps", { message_id: message.id, choice });
  fill = (message, values) => this.post("forms", { message_id: message.id, values });
  play = (message) => this.post("plays", { message_id: message.id });

  async sendLocation(message) {
    const place = await ask("Send a location", PLACE, "Send");
    if (!place) return;
    const content = { ...place, latitude: Number(place.latitude), longitude: Number(place.longitude) };
    await this.send({ type: "location", content, reply_to: message?.id });
  }

  async shareContact(message) {
    const card = await ask("Send a contact", CARD, "Send");
    if (!card) return;
    const origin = message ? "contact_request" : "other";
    await this.send({ type: "contacts", content: { ...card, origin }, reply_to: message?.id });
  }

  async sendAddress(message) {
    const content = await ask("Send an address", ADDRESS, "Send");
    if (content) await this.send({ type: "address", content, reply_to: message?.id });
  }

  allowCalls = (response) => this.send({ type: "call_permission", content: { response } });
  changeUserId = () => this.post("user_ids", {});
  changeSecurityCode = () => this.post("security_codes", {});

  async speakForTheBusiness() {
    const field = { name: "text", label: "What somebody of the business writes", rows: 3 };
    const said = await ask("Reply from the business app", [field], "Send");
    if (said) await this.post("human", said);
  }

  async moveTo(moved) {
    const field = { name: "number", label: "The new one", type: "tel", value: "+1555000" };
    const answer = await ask("Change of number", [field], "Move");
    if (answer && (await this.post("number", answer))) await moved(answer.number.replace("+", ""));
  }

  menu(message, anchor) {
    const own = message.author === "person";
    const by = message.human ? "human_" : "";
    const items = [element("div", ...EMOJI.map((emoji) => this.#emoji(message, emoji)))];
    items[0].className = "emoji";
    items.push(button("Reply", () => this.reply(message)));
    if (own) items.push(button("👍 from the business app", () => this.#react(message, "business", "👍")));
    if ((own || by) && message.type === "text") items.push(button("Edit", () => this.#edit(message, by)));
    if (own || by) items.push(button("Delete for everyone", () => this.#revoke(message, by)));
    showMenu(anchor, items, "What to do with the message");
  }

  #emoji(message, emoji) {
    const mine = message.reactions.person === emoji;
    const node = button(emoji, () => this.#react(message, "person", emoji));
    node.setAttribute("aria-pressed", String(mine));
    node.setAttribute("aria-label", mine ? `Take back ${emoji}` : `React with ${emoji}`);
    return node;
  }

  // The same emoji once more takes it back.
  #react(message, author, emoji) {
    const taken = message.reactions[author] === emoji;
    const path = author === "business" ? "human_reactions" : "reactions";
    return this.post(path, { message_id: message.id, emoji: taken ? "" : emoji });
  }

  #revoke = (message, by) => this.post(`${by}revocations`, { message_id: message.id });

  async #edit(message, by) {
    const edited = await ask("Edit", [{ name: "text", label: "Text", rows: 3, value: message.body }], "Save");
    if (edited) await this.post(`${by}edits`, { message_id: message.id, text: edited.text });
  }
}
