// Dialogs and menus. Each is made when it opens.

import { element } from "./markup.js";

export function button(label, onClick, className = "") {
  const node = element("button", label);
  node.type = "button";
  node.className = className;
  node.addEventListener("click", onClick);
  return node;
}

// Asks for these fields. Returns their values by name, or null when the user cancels.
export function ask(title, fields, submit) {
  const form = element("form", element("h2", title), ...fields.map(input), buttons(submit));
  return open(form, (dialog) =>
    dialog.returnValue === "done" ? Object.fromEntries(new FormData(form).entries()) : null,
  );
}

// Shows sections of rows. Returns the id of the chosen row, or null.
export function pick(title, sections) {
  const form = element("form", element("h2", title));
  for (const { title: name, rows } of sections) {
    if (name) form.append(element("h3", name));
    form.append(...rows.map(row));
  }
  const cancel = element("button", "Cancel");
  form.append(element("menu", cancel));
  return open(form, (dialog) => dialog.returnValue || null);
}

// Opens a menu of buttons beside the one that was clicked.
export function showMenu(anchor, items, label) {
  const menu = element("div", ...items);
  menu.className = "menu";
  menu.popover = "auto";
  menu.setAttribute("aria-label", label);
  menu.addEventListener("click", (event) => event.target.closest("button") && menu.hidePopover());
  menu.addEventListener("toggle", (event) => event.newState === "closed" && menu.remove());
  document.body.append(menu);
  menu.showPopover();
  moveBeside(menu, anchor.getBoundingClientRect());
  menu.querySelector("button")?.focus();
}

function moveBeside(menu, beside) {
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.max(8, Math.min(beside.left, innerWidth - width - 8));
  const above = beside.top - height - 6;
  menu.style.left = `${left}px`;
  menu.style.top = `${Math.max(8, above >= 8 ? above : Math.min(beside.bottom + 6, innerHeight - height - 8))}px`;
}

function open(form, result) {
  form.method = "dialog";
  const dialog = element("dialog", form);
  dialog.setAttribute("aria-label", form.querySelector("h2").textContent);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(result(dialog));
      dialog.remove();
    });
  });
}

function input({ name, label, value = "", rows = 0, type = "text", required = true, ...more }) {
  const field = element(rows ? "textarea" : "input");
  if (rows) field.rows = rows;
  else field.type = type;
  if (type === "number") field.step = "any";
  Object.assign(field, { name, value, required, ...more });
  return element("label", label, field);
}

function buttons(submit) {
  const cancel = button("Cancel", () => cancel.closest("dialog").close());
  const done = element("button", submit);
  done.value = "done";
  done.className = "primary";
  return element("menu", cancel, done);
}

function row({ id, title, description }) {
  const node = element("button", element("strong", title), ...(description ? [element("span", description)] : []));
  node.value = id;
  node.className = "row";
  return node;
}
