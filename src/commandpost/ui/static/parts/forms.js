// How htmx behaves here: refusals are sentences, a redirect elsewhere is a new page, and a morph keeps what is being typed.
import { onContent, say, withClose } from "./say.js";
import { saySignedOut, UNREACHED } from "./signed_out.js";
import { word } from "./words.js";

const sent = new WeakMap(); // request context -> what each field held when it was sent, and the key of the deed

/** Says whether something was typed into a field since the page was made. */
export const isDirty = (field) => field.value !== field.defaultValue;
const isForm = (element) => element instanceof HTMLFormElement;
const fieldsOf = (form) => [...form.elements].filter((field) => field.matches("input:not([type=hidden]), textarea"));

htmx.registerExtension("commandpost", {
  htmx_before_morph_attr(element, { attrName }) {
    if (attrName === "open" && element.matches("details, dialog")) return false;
    if (attrName === "popover") return false;
    if (attrName === "value" && element.matches("input") && isDirty(element)) return false;
    if (attrName === "value" && /^was(_|$)/.test(element.name) && fieldsOf(element.form).some(isDirty)) return false; // what was seen when the typing began
    return true;
  },
  htmx_before_morph_node(element, { oldNode, newNode }) {
    if (oldNode.matches("textarea")) return !isDirty(oldNode);
    if (oldNode.matches("time[data-time]")) return oldNode.dateTime !== newNode.getAttribute("datetime");
    return true;
  },
});

// A form for one line after another is empty again at once, so that nobody waits to type the next; its key is used up.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (!isForm(form)) return;
  const key = form.elements.namedItem("idempotency_key");
  sent.set(ctx, { fields: new Map(fieldsOf(form).map((field) => [field, field.value])), key: key?.value });
  if (!form.hasAttribute("data-reset")) return;
  form.reset();
  if (key) key.value = freshKey();
});

/** Returns what nobody has used yet, as the server makes its ids. */
export function freshKey() {
  const letters = "abcdefghijkmnopqrstuvwxyz0123456789";
  return Array.from(crypto.getRandomValues(new Uint8Array(26)), (byte) => letters[byte % letters.length]).join("");
}

const fieldsSent = (ctx) => [...(sent.get(ctx)?.fields ?? [])];

// Whoever sends it again does so by the same key: the server may have done it, and only its answer is lost.
function giveBack(ctx) {
  for (const [field, value] of fieldsSent(ctx)) {
    if (!value || field.value === value) continue;
    if (field.isConnected && !isDirty(field)) {
      field.value = value;
      const key = ctx.sourceElement.elements.namedItem("idempotency_key");
      if (key) key.value = sent.get(ctx).key;
    } else say(word("This may not have been sent: %(text)s", { text: value }));
  }
}

function clear(ctx) {
  if (ctx.sourceElement.hasAttribute("data-reset")) return; // by now the next line may be in it
  const fields = fieldsSent(ctx);
  if (fields.every(([field, value]) => field.value === value)) ctx.sourceElement.reset();
  else for (const [field, value] of fields) if (field.value === value) field.value = field.defaultValue;
}

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const { status, raw } = ctx.response;
  if (status >= 400) {
    if (ctx.request.method !== "GET" && [409, 422].includes(status) && showAgain(ctx)) {
      if (holdsTyped(ctx)) clear(ctx);
      else giveBack(ctx);
      return;
    }
    giveBack(ctx);
    const isSignedOut = status === 401 && ctx.sourceEvent?.type !== "live";
    if (isSignedOut && !wouldLoseText()) return; // its header leads to the sign-in page
    event.preventDefault();
    if (isSignedOut) saySignedOut();
    else refuse(ctx);
    return;
  }
  if (raw.headers.has("x-keep-typed")) giveBack(ctx); // a command that is not known
  else if (isForm(ctx.sourceElement) && ctx.request.method !== "GET") clear(ctx);
  if (raw.redirected && !follow(ctx, new URL(raw.url))) {
    event.preventDefault();
    location.assign(raw.url);
    return;
  }
  if (ctx.select && !holds(ctx.text, ctx.select)) withoutTarget(ctx);
  if (isBesideDialog(ctx)) ctx.selectOOB = "#flash:innerHTML";
});

// What is written to a channel is kept as a draft, all else would go with the page.
function wouldLoseText() {
  const forms = [...document.querySelectorAll("form:not([data-draft], [role=search])")];
  return forms.some((form) => form.matches("[data-unsaved]") || fieldsOf(form).some(isDirty));
}

// A dialog that was opened while this was under way stays: the answer knows nothing of it.
function isBesideDialog({ sourceElement, selectOOB, text }) {
  const region = document.getElementById("dialog_region");
  return selectOOB && !text.includes("data-modal") && region.querySelector("dialog:modal") && !region.contains(sourceElement);
}

// The composer stands beside the posts that its answer replaces: it gets back what was typed.
const holdsTyped = ({ select, sourceElement }) => select.startsWith("#dialog_region") || Boolean(sourceElement.closest(select));

// A refused form comes back with what was typed and why, in its place or as a dialog; an error that holds no form is said.
function showAgain(ctx) {
  if (!ctx.select || holds(ctx.text, ctx.select)) return Boolean(ctx.select);
  if (!ctx.text.includes("data-modal")) return false;
  Object.assign(ctx, { target: document.getElementById("dialog_region"), select: "#dialog_region > *", selectOOB: null, swap: "innerHTML" });
  return true;
}

function refuse(ctx) {
  if (ctx.request.method === "GET" && ctx.sourceEvent?.type === "live") return; // it is gone, or not ours any more
  const answer = new DOMParser().parseFromString(ctx.text, "text/html");
  say(answer.querySelector("[data-error-sentence]")?.textContent.trim() || UNREACHED, { refused: true });
  ctx.sourceElement.closest("[data-topics]")?.dispatchEvent(new CustomEvent("live"));
}

// The answer may be a whole page at the same address (then its part is taken), another page (then it is that page's
// turn) or a part of another page: then false, and the browser goes there.
function follow(ctx, address) {
  const path = address.pathname + address.search;
  if (address.pathname !== location.pathname) {
    if (!isWhole(ctx.text)) return false;
    wholePage(ctx, path + address.hash);
  } else if (address.search !== location.search) history.replaceState(history.state, "", path + location.hash);
  return true;
}

function wholePage(ctx, path) {
  Object.assign(ctx, { target: document.body, select: null, selectOOB: null, swap: "outerSync show:top", push: path });
}

const isWhole = (text) => /<html[\s>]/i.test(text);
const holds = (text, selector) => text.includes(`id="${selector.slice(1)}"`);

function withoutTarget(ctx) {
  if (isWhole(ctx.text)) wholePage(ctx, null);
  else Object.assign(ctx, { select: null, swap: "innerMorph show:none" });
}

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (!ctx || ctx.response || ctx.sourceEvent?.type === "live") return;
  giveBack(ctx);
  say(UNREACHED, { refused: true });
});

onContent(() => document.querySelectorAll("#flash > p").forEach(withClose));
