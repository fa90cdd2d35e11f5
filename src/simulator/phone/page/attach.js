// The menu of everything one can send besides text.

import { upload } from "./api.js";
import { button, showMenu } from "./dialogs.js";
import { element } from "./markup.js";

const FILES = { image: "Photo", video: "Video", voice: "Voice note", audio: "Audio", document: "Document", sticker: "Sticker" };
const WITH_CAPTION = ["image", "video", "document"];

// `take` gives what is typed and empties the field; `moved` is told the new number.
export function attachMenu(anchor, { actions, take, moved, input }) {
  const send = (type, content = {}) => actions.send({ type, content });
  const captioned = (kind, content = {}) => {
    const caption = WITH_CAPTION.includes(kind) ? take() : "";
    return send(kind, caption ? { ...content, caption } : content);
  };
  input.onchange = () => sendOwn(input, actions, captioned);
  const groups = [
    Object.entries(FILES).map(([kind, name]) => button(name, () => captioned(kind))),
    [
      button("A file of yours…", () => input.click()),
      button("Location…", () => actions.sendLocation()),
      button("Contact…", () => actions.shareContact()),
      button("Address…", () => actions.sendAddress()),
      button("Order", () => send("order")),
    ],
    [
      button("Forwarded text", () => actions.send({ text: take() || "Have you seen this?", forwarded: true })),
      button("Text from an ad", () => actions.send({ text: take() || "Is this still available?", referral: true })),
      button("Text about a product", () => actions.send({ text: take() || "Is this one green?", product: true })),
      button("Text in a group", () => actions.send({ text: take() || "Who is coming?", group: true })),
      button("Poll (unsupported)", () => send("unsupported")),
      button("What Meta lost (broken)", () => send("broken")),
    ],
    [
      button("Allow calls", () => actions.allowCalls("accept")),
      button("Do not allow calls", () => actions.allowCalls("reject")),
      button("Change of number…", () => actions.moveTo(moved)),
      button("Change of user id", () => actions.changeUserId()),
      button("Change of security code", () => actions.changeSecurityCode()),
      button("Reply from the business app…", () => actions.speakForTheBusiness()),
    ],
  ];
  showMenu(anchor, groups.map((buttons) => element("div", ...buttons)), "What to send");
}

async function sendOwn(input, actions, send) {
  const [file] = input.files;
  input.value = "";
  if (!file) return;
  try {
    const { id, kind } = await upload(`/phone/${actions.number()}/files`, file);
    await send(kind, { media_id: id, filename: file.name });
  } catch (error) {
    actions.trouble(error.message);
  }
}
