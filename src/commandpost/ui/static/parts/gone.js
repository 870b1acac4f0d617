// Somebody else may remove the very field one is typing in: its words are given back, and the keys that follow do nothing.
import { isDirty } from "./forms.js";
import { say } from "./say.js";
import { word } from "./words.js";

const PAUSE = 2000; // so long without a key, and one has seen it
const TEXTS = "input:not([type=checkbox], [type=radio]), textarea";
let typing = null;
let last = 0; // when a key came that was meant for a field that is gone

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  const field = document.activeElement;
  typing = ctx.sourceEvent?.type === "live" && field?.matches(TEXTS) ? field : null;
});

document.addEventListener("htmx:after:swap", () => {
  if (typing && !typing.isConnected) catchKeys(giveWords(typing));
  typing = null;
});

function giveWords(field) {
  if (!isDirty(field) || !field.value.trim()) return null;
  return say(word("What you were typing in went away meanwhile. You had written: %(text)s", { text: field.value }));
}

function catchKeys(line) {
  last = Date.now();
  if (line) line.tabIndex = -1;
  (line ?? document.getElementById("content"))?.focus();
}

function isTyped(event) {
  const isBare = event.getModifierState("AltGraph") || !(event.altKey || event.ctrlKey || event.metaKey);
  return isBare && (event.key.length === 1 || ["Enter", "Backspace", "Delete"].includes(event.key));
}

addEventListener("keydown", (event) => {
  if (Date.now() - last > PAUSE || ["Tab", "Escape"].includes(event.key)) last = 0;
  else if (isTyped(event)) {
    last = Date.now();
    event.preventDefault();
    event.stopImmediatePropagation();
  } else if (event.key.length === 1) last = 0; // a shortcut with Ctrl is meant
}, true);
addEventListener("pointerdown", () => { last = 0; }, true);
