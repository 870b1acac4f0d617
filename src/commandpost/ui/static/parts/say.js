// Sentences for the reader: on the page, and for screen readers alone.
import { word } from "./words.js";

// What is said while a dialog is open is said in it: all else lies behind its veil, out of reach and unread.
function regionNow() {
  const dialog = document.querySelector("dialog:modal");
  if (!dialog) return document.getElementById("flash");
  const made = dialog.querySelector(":scope > .flash") ?? document.createElement("div");
  if (made.isConnected) return made;
  made.className = "flash";
  made.setAttribute("role", "status");
  dialog.append(made);
  return made;
}

/** Shows a sentence at the foot of the window or of its dialog until it is dismissed or the next page comes; returns its line. */
export function say(text, { refused = false } = {}) {
  const region = regionNow();
  if (!region) return null;
  const line = document.createElement("p");
  line.textContent = text;
  if (refused) line.className = "refused";
  for (const old of region.querySelectorAll("p")) if (old.firstChild?.textContent === text) old.remove();
  region.append(line);
  withClose(line);
  return line;
}

/** Gives each sentence of the flash region a button that takes it away. */
export function withClose(line) {
  if (line.querySelector("button")) return;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", word("Dismiss"));
  close.addEventListener("click", () => line.remove());
  line.append(close);
}

/** Tells a screen reader what a move of the keyboard did. */
export function announce(text) {
  let region = document.getElementById("announcer");
  if (!region) {
    region = document.createElement("div");
    region.id = "announcer";
    region.className = "visually-hidden";
    region.setAttribute("role", "status");
    region.setAttribute("aria-live", "assertive");
    document.body.append(region);
  }
  region.textContent = text;
}

/** Runs now and after every swap. */
export function onContent(work) {
  work(document);
  document.addEventListener("htmx:after:swap", () => work(document));
}
