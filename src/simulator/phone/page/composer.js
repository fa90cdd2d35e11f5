// Where one types: the text, what it replies to, and the menu beside it.

import { attachMenu } from "./attach.js";

const at = (id) => document.getElementById(id);

export class Composer {
  constructor({ actions, moved }) {
    this.actions = actions;
    this.moved = moved;
    this.replyTo = null;
    at("composer").addEventListener("submit", (event) => this.#send(event));
    at("text").addEventListener("input", () => this.#grow());
    at("text").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#send(event);
    });
    at("attach").addEventListener("click", () => this.#attach());
    at("no-reply").addEventListener("click", () => this.reply(null));
  }

  // The next text quotes this message; none with null.
  reply(message) {
    this.replyTo = message?.id ?? null;
    at("reply").hidden = !message;
    at("reply-body").textContent = message?.body ?? "";
    at("text").focus();
  }

  #attach() {
    const take = () => this.#take();
    attachMenu(at("attach"), { actions: this.actions, moved: this.moved, take, input: at("file") });
  }

  #take() {
    const words = at("text").value.trim();
    at("text").value = "";
    this.#grow();
    return words;
  }

  #grow() {
    const text = at("text");
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 140)}px`;
  }

  async #send(event) {
    event.preventDefault();
    const words = this.#take();
    if (!words) return;
    const note = this.replyTo ? { text: words, reply_to: this.replyTo } : { text: words };
    if (this.replyTo) this.reply(null);
    if (await this.actions.send(note)) return;
    at("text").value = words;
    this.#grow();
    this.actions.trouble("Not sent: the simulator does not answer.");
  }
}
