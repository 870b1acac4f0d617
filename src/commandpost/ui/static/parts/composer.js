// The composer: Enter sends, Shift+Enter makes a line, ↑ edits what one said last, what can be completed is offered.
import { choose, close, isChosen, listOf, offer, take } from "./completion.js";
import { lead } from "./focus.js";

const composerOf = (element) => element.closest?.("form[data-composer]");

document.addEventListener("input", ({ target }) => {
  const form = composerOf(target);
  if (form && target.name === "text") offer(form, target);
});

document.addEventListener("keydown", (event) => {
  const form = composerOf(event.target);
  if (!form || event.target.name !== "text" || event.isComposing) return;
  const list = listOf(form);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (list && step) choose(form, event.target, step);
  else if (list && event.key === "Escape") close(form);
  else if (list && (event.key === "Tab" && !event.shiftKey || event.key === "Enter" && isChosen())) take(form, event.target);
  else if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.ctrlKey) send(form);
  else if (event.key === "ArrowUp" && isBare(event) && !event.target.value) edit();
  else return;
  event.preventDefault();
});

const isBare = ({ altKey, ctrlKey, metaKey, shiftKey }) => !(altKey || ctrlKey || metaKey || shiftKey);

function edit() {
  const link = [...document.querySelectorAll("#posts a[data-edit]")].at(-1);
  if (!link) return;
  lead();
  link.click();
}

function send(form) {
  close(form);
  if (form.elements.namedItem("text").value.trim()) form.requestSubmit();
}

document.addEventListener("pointerdown", (event) => {
  const item = event.target.closest?.(".suggestions [role=option]");
  const form = item && composerOf(item);
  if (!form) return;
  event.preventDefault();
  take(form, form.elements.namedItem("text"), item);
});

document.addEventListener("focusout", (event) => {
  const form = composerOf(event.target);
  if (form && !form.contains(event.relatedTarget)) close(form);
});
