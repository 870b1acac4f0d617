// What was long in the making is not sent to a server that would not take it: the next page would come without it.
import { say } from "./say.js";
import { word } from "./words.js";

export const UNREACHED = word("The server did not answer; this may not have been done. Try again in a moment.");
const OUT_OF_REACH = word("The server does not answer. Nothing was changed; try again in a moment.");
const SIGNED_OUT = word("You are signed out and nothing was changed. Sign in in another tab, then send this again.");
const asking = new WeakSet(); // forms
const asked = new WeakSet(); // those that the server would take now

/** Says that one is signed out, and leaves the page as it is. */
export function saySignedOut() {
  const link = document.createElement("a");
  Object.assign(link, { href: "/sign-in", target: "_blank", textContent: word("Sign in") });
  say(SIGNED_OUT, { refused: true })?.querySelector("button").before(" ", link);
}

async function ask(form, submitter) {
  asking.add(form);
  const address = document.getElementById("mentions").dataset.count;
  const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  asking.delete(form);
  if (answer?.redirected || answer?.status === 401) saySignedOut();
  else if (!answer?.ok) say(OUT_OF_REACH, { refused: true });
  else {
    asked.add(form);
    form.requestSubmit(submitter);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-unsaved]:not([hx-boost])") || asked.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!asking.has(form)) ask(form, event.submitter);
}, true);
