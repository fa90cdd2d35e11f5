// The menu of everything that a person can send besides text.

import { upload } from "./api.js";
import { TELEGRAM } from "./channels.js";
import { button, showMenu } from "./dialogs.js";
import { element } from "./markup.js";

const FILES = { image: "Photo", video: "Video", voice: "Voice note", audio: "Audio", document: "Document", sticker: "Sticker" };
const WITH_CAPTION = ["image", "video", "document"];

// `takeText` returns the typed text and empties the input. `onNewNumber` is called with a person's new number.
export function attachMenu(anchor, { actions, takeText, onNewNumber, input }) {
  const onTelegram = actions.channel() === TELEGRAM;
  const send = (type, content = {}) => actions.send({ type, content });
  const captioned = (kind, content = {}) => {
    const caption = WITH_CAPTION.includes(kind) ? takeText() : "";
    return send(kind, caption ? { ...content, caption } : content);
  };
  input.onchange = () => sendFile(input, actions, captioned);
  const files = [
    ...Object.entries(FILES).map(([kind, name]) => button(name, () => captioned(kind))),
    button("Your own file…", () => input.click()),
  ];
  const groups = onTelegram ? telegram(actions, send, takeText) : whatsapp(actions, send, takeText, onNewNumber);
  showMenu(anchor, [files, ...groups].map((buttons) => element("div", ...buttons)), "Send something else");
}

function telegram(actions, send, takeText) {
  return [
    [
      button("Location…", () => actions.sendLocation()),
      button("Contact…", () => actions.shareContact()),
      button("My own contact", () => actions.shareOwnContact()),
      button("Poll", () => send("poll")),
      button("Dice", () => send("dice")),
    ],
    [
      button("Forwarded text", () => actions.send({ text: takeText() || "Have you seen this?", forwarded: true })),
      button("Start through a link", () => actions.send({ text: `/start ${takeText() || "spring"}` })),
      button("Block the bot", () => actions.block(true)),
    ],
  ];
}

function whatsapp(actions, send, takeText, onNewNumber) {
  return [
    [
      button("Location…", () => actions.sendLocation()),
      button("Contact…", () => actions.shareContact()),
      button("Address…", () => actions.sendAddress()),
      button("Order", () => send("order")),
    ],
    [
      button("Forwarded text", () => actions.send({ text: takeText() || "Have you seen this?", forwarded: true })),
      button("Text from an ad", () => actions.send({ text: takeText() || "Is this still available?", referral: true })),
      button("Text about a product", () => actions.send({ text: takeText() || "Is this one green?", product: true })),
      button("Text in a group", () => actions.send({ text: takeText() || "Who is coming?", group: true })),
      button("Poll (not supported)", () => send("unsupported")),
      button("Message without content (broken)", () => send("broken")),
    ],
    [
      button("Allow calls", () => actions.allowCalls("accept")),
      button("Do not allow calls", () => actions.allowCalls("reject")),
      button("Change of number…", () => actions.changeNumber(onNewNumber)),
      button("Change of user id", () => actions.changeUserId()),
      button("Change of security code", () => actions.changeSecurityCode()),
      button("Message from the business app…", () => actions.writeFromBusinessApp()),
    ],
  ];
}

async function sendFile(input, actions, send) {
  const [file] = input.files;
  input.value = "";
  if (!file) return;
  try {
    const { id, kind } = await upload(`/phone/${actions.number()}/files`, file);
    await send(kind, { media_id: id, filename: file.name });
  } catch (error) {
    actions.showError(error.message);
  }
}
