// Small comforts, each by one attribute.
import { say } from "./say.js";
import { word } from "./words.js";

document.addEventListener("change", ({ target }) => {
  if (target.matches("form[data-autosubmit] select, form[data-autosubmit] input[type=checkbox]")) target.form.requestSubmit();
});

// What is opened to be typed in is typed in at once: the keys mean nothing else.
document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.("details[data-type-in][open]")) target.querySelector("input").focus();
}, true);

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy); // there is no clipboard on plain HTTP, and browsers may refuse
    say(word("Copied."));
  } catch {
    select(button.dataset.copy);
    say(word("Press Ctrl+C to copy: the text is selected."));
  }
});

function select(text) {
  const shown = [...document.querySelectorAll("code, pre")].find((element) => element.textContent.trim() === text.trim());
  if (shown) getSelection().selectAllChildren(shown);
}

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
