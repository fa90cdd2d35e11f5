// The line on which an operator answers: texts and files while the window is open, templates at any time.

import { ask, button, pick } from "../dialogs.js";
import { symbol } from "../markup.js";
import { say, tag } from "./elements.js";

const MAX_TEXT = 4096;
// A request has at most 3 MB, and base64 makes four bytes of three.
const MAX_FILE_BYTES = 2_000_000;
const MAX_TEXT_PIXELS = 140;
const KINDS = { image: "image", video: "video", audio: "audio" };

export class Composer {
  constructor({ send }) {
    this.sendMessage = send;
    this.key = newKey();
    this.text = tag("textarea");
    Object.assign(this.text, { id: "text", rows: 1, maxLength: MAX_TEXT, placeholder: "Answer" });
    this.text.setAttribute("aria-label", "Answer");
    this.attach = button(symbol("icon-clip"), () => this.#attach(), "round");
    this.attach.id = "attach";
    this.attach.setAttribute("aria-label", "Send a file or a template");
    this.submit = tag("button", "send", symbol("icon-send"));
    this.submit.setAttribute("aria-label", "Send");
    this.file = tag("input");
    Object.assign(this.file, { type: "file", hidden: true });
    this.file.setAttribute("aria-label", "Your file");
    this.file.addEventListener("change", () => this.#sendFile());
    this.node = tag("form", "", this.attach, this.file, this.text, this.submit);
    this.node.id = "composer";
    this.node.autocomplete = "off";
    this.node.addEventListener("submit", (event) => this.#sendText(event));
    this.text.addEventListener("input", () => this.#changed());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#sendText(event);
    });
  }

  focus() {
    this.text.focus();
  }

  show({ state, channel }) {
    this.channel = channel;
    const free = state.window_open && state.reachable;
    this.text.disabled = !free;
    this.submit.disabled = !free;
    this.attach.disabled = !state.reachable;
    this.free = free;
    const beside = state.human ? "Answer" : "Answer beside the agent";
    this.text.placeholder = free ? beside : "Only a template can be sent";
  }

  // Another text is another request: it gets a key of its own.
  #changed() {
    this.key = newKey();
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, MAX_TEXT_PIXELS)}px`;
  }

  async #sendText(event) {
    event.preventDefault();
    const text = this.text.value.trim();
    if (!text || this.submit.disabled) return;
    this.text.value = "";
    const key = this.key;
    if (await this.#send({ text }, key)) return this.#changed();
    if (this.text.value) return;
    this.text.value = text;
    this.key = key;
  }

  async #send(message, key = newKey()) {
    try {
      await this.sendMessage(message, key);
      return true;
    } catch (error) {
      say(error.message);
      return false;
    }
  }

  async #attach() {
    const media = this.channel?.media ?? [];
    const rows = [];
    if (this.channel?.templates) rows.push({ id: "template", title: "Template", description: "Reaches the person at any time" });
    if (this.free && media.length) {
      rows.push({ id: "file", title: "File", description: `Of this device, up to ${MAX_FILE_BYTES / 1e6} MB` });
      rows.push({ id: "link", title: "File with a web address", description: "The channel fetches it" });
    }
    if (!rows.length) return say("This channel takes no files and no templates.");
    const chosen = await pick("Send", [{ rows }]);
    if (chosen === "file") this.file.click();
    if (chosen === "link") await this.#sendLink(media);
    if (chosen === "template") await this.#sendTemplate();
    return undefined;
  }

  async #sendFile() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file) return;
    if (file.size > MAX_FILE_BYTES) {
      say(`The file has more than ${MAX_FILE_BYTES / 1e6} MB. Send its web address instead.`);
      return;
    }
    const asked = await ask(file.name, [{ name: "caption", label: "Caption", required: false }], "Send");
    if (!asked) return;
    const type = KINDS[file.type.split("/")[0]] ?? "document";
    const data = await base64(file);
    await this.#send({ type, data, mime_type: file.type, filename: file.name, caption: asked.caption });
  }

  async #sendLink(media) {
    const kind = await pick("What is it?", [{ rows: media.map((one) => ({ id: one, title: one })) }]);
    if (!kind) return;
    const asked = await ask("Web address of the file", [
      { name: "url", label: "Address (https)", type: "url" },
      { name: "caption", label: "Caption", required: false },
    ], "Send");
    if (asked) await this.#send({ [kind]: asked.url, caption: asked.caption });
  }

  async #sendTemplate() {
    const known = this.channel.late_template;
    const asked = await ask("Template", [
      { name: "name", label: "Name, as the provider approved it", value: known?.name ?? "" },
      { name: "language", label: "Language", value: known?.language ?? "en_US" },
      { name: "parameters", label: "Parameters, one in each line", rows: 3, required: false },
      { name: "category", label: "Category: utility, authentication or marketing", required: false },
    ], "Send");
    if (!asked) return;
    const parameters = asked.parameters.split("\n").map((line) => line.trim()).filter(Boolean);
    const { name, language, category } = asked;
    await this.#send({ template: { name, language, parameters, ...(category ? { category } : {}) } });
  }
}

// With the same key, a request that is repeated sends nothing more.
function newKey() {
  const numbers = crypto.getRandomValues(new Uint32Array(4));
  return `console-${[...numbers].map((number) => number.toString(16).padStart(8, "0")).join("")}`;
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
