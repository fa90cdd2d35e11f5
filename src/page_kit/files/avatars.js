// A person's avatar: their initials, on a colour of their own.

import { element } from "./markup.js";

// "AB" for "Ana Baker". A number is known by its end: "22" for "+15550002222".
export function initials(name) {
  if (/^\+?\d+$/.test(name)) return name.slice(-2);
  const letters = name.split(/\s+/).map((word) => [...word][0] ?? "");
  return letters.slice(0, 2).join("").toUpperCase();
}

export function hue(number) {
  return [...number].reduce((sum, digit) => (sum * 31 + digit.charCodeAt(0)) % 360, 7);
}

export function avatar(name, key) {
  const node = element("span", initials(name));
  node.className = "avatar";
  node.style.setProperty("--hue", hue(key));
  node.setAttribute("aria-hidden", "true");
  return node;
}
