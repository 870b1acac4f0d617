// Small comforts, each by one attribute.
import { say } from "./say.js";

document.addEventListener("change", ({ target }) => {
  if (target.matches("form[data-autosubmit] select, form[data-autosubmit] input[type=checkbox]")) target.form.requestSubmit();
});

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  say("Copied.");
});

// A form that leads to another page is sent once, however often it is clicked.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-boost") || form.hasAttribute("hx-post")) return;
  if (form.dataset.sending) event.preventDefault();
  form.dataset.sending = "yes";
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach((form) => delete form.dataset.sending));

// The tabs of a phone: a link to a pane must not leave the other pane scrolled away.
addEventListener("hashchange", () => scrollTo(0, 0));

// An editor grows by copies of a <template>; its fields are read in the order of the document.
let copies = 0;
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-clones]");
  const template = button && document.getElementById(button.dataset.clones);
  if (!template) return;
  const scope = button.closest("[data-scope]") ?? document;
  const copy = template.content.cloneNode(true);
  copies += 1;
  for (const element of copy.querySelectorAll("[id], [for]")) {
    for (const name of ["id", "for"]) if (element.hasAttribute(name)) element.setAttribute(name, `${element.getAttribute(name)}_${copies}`);
  }
  const field = copy.querySelector("input:not([type=hidden]), textarea");
  scope.querySelector(button.dataset.into).append(copy);
  field?.focus();
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-removes]");
  button?.closest(button.dataset.removes)?.remove();
});
