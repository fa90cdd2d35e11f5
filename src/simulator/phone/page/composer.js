// The input: the text, the message it replies to, and the menu for everything else.

import { attachMenu } from "./attach.js";

const at = (id) => document.getElementById(id);

export class Composer {
  constructor({ actions, onNewNumber }) {
    this.actions = actions;
    this.onNewNumber = onNewNumber;
    this.replyTo = null;
    at("composer").addEventListener("submit", (event) => this.#send(event));
    at("text").addEventListener("input", () => this.#grow());
    at("text").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#send(event);
    });
    at("attach").addEventListener("click", () => this.#attach());
    at("no-reply").addEventListener("click", () => this.reply(null));
  }

  // The next text is a reply to this message, or no reply when it is null.
  reply(message) {
    this.replyTo = message?.id ?? null;
    at("reply").hidden = !message;
    at("reply-body").textContent = message?.body ?? "";
    at("text").focus();
  }

  #attach() {
    const takeText = () => this.#takeText();
    attachMenu(at("attach"), { actions: this.actions, onNewNumber: this.onNewNumber, takeText, input: at("file") });
  }

  #takeText() {
    const text = at("text").value.trim();
    at("text").value = "";
    this.#grow();
    return text;
  }

  #grow() {
    const text = at("text");
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 140)}px`;
  }

  async #send(event) {
    event.preventDefault();
    const text = this.#takeText();
    if (!text) return;
    const message = this.replyTo ? { text, reply_to: this.replyTo } : { text };
    if (this.replyTo) this.reply(null);
    if (await this.actions.send(message)) return;
    at("text").value = text;
    this.#grow();
    this.actions.showError("Not sent: the simulator does not answer.");
  }
}
