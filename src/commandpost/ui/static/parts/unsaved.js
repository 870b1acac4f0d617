// A form that is long in the making is not left by mistake: our links ask first, the browser asks for every other way.
import { word } from "./words.js";

const formOf = () => document.querySelector("form[data-unsaved]");
const isTyped = ({ type, name }) => name && type !== "hidden" && type !== "submit" && type !== "button";
const whatIsTyped = (form) => JSON.stringify([...form.elements].filter(isTyped).map(({ name, value }) => [name, value]));

let form = null; // the one whose beginning is remembered; a morph keeps it
let before = "";
let leaving = false;

function look() {
  const now = formOf();
  if (now === form) return;
  form = now;
  before = now ? whatIsTyped(now) : "";
  leaving = false;
}

const isUnsaved = () => Boolean(form?.isConnected) && !leaving && whatIsTyped(form) !== before;

addEventListener("beforeunload", (event) => {
  if (isUnsaved()) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.target || link.hasAttribute("download") || !isUnsaved()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(link.href);
}, true);

function ask(address) {
  const dialog = document.createElement("dialog");
  const inside = document.createElement("div");
  const title = document.createElement("h2");
  const text = document.createElement("p");
  const buttons = document.createElement("div");
  dialog.className = "modal";
  dialog.setAttribute("aria-labelledby", title.id = "discard_title");
  title.textContent = word("Discard changes?");
  text.textContent = word("What you changed here has not been saved.");
  buttons.className = "buttons";
  buttons.append(
    button(word("Keep editing"), "primary", () => dialog.close()),
    button(word("Discard changes"), "danger", () => {
      leaving = true;
      location.assign(address);
    }),
  );
  inside.className = "stack";
  inside.append(title, text, buttons);
  dialog.append(inside);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function button(label, kind, work) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = kind;
  made.textContent = label;
  made.addEventListener("click", work);
  return made;
}

// What was saved may be left: a redirect is the server's word for it.
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement === form && ctx.response.status < 400 && ctx.response.raw.redirected) leaving = true;
});
document.addEventListener("htmx:after:swap", look);
look();
