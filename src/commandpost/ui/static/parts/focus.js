// Where the focus goes when what had it goes away: to what opened it, to what stood next to it, to the message box;
// never to the beginning of the page.
const STOPS = "a[href], button:not(:disabled), summary, input:not([type=hidden]), select, textarea, [tabindex='0']";
const LED = "commandpost-led-here"; // a form or a key led to this page
const isLed = Boolean(sessionStorage.getItem(LED));

const isLost = () => !document.activeElement || document.activeElement === document.body;
const isShown = (element) => element?.isConnected && element.checkVisibility();
const isTouch = matchMedia("(hover: none)");

/** Returns what stands for an element that can't be seen: its menu's button, the drawer's button. */
export function standIn(element) {
  if (!element?.isConnected || element.checkVisibility()) return element;
  const drawer = element.closest("[popover]");
  return element.closest("details")?.querySelector("summary") ?? document.querySelector(`[popovertarget="${drawer?.id}"]`);
}

/** Focuses the first of these that can be seen, else the message box, else the content. */
export function settle(...wanted) {
  const box = isTouch.matches ? null : document.querySelector("[data-composer] textarea");
  [...wanted.map(standIn), box, document.getElementById("content")].find(isShown)?.focus();
}

let before = null; // what had the focus before the last swap
let trail = []; // it and what stood around it, the nearest first
let kind = "";

function remember(element) {
  kind = element.localName;
  for (let each = element; each && each !== document.body; each = each.parentElement) {
    trail.push(each, each.nextElementSibling, each.previousElementSibling);
  }
}

function within(element) {
  if (element.matches(STOPS)) return element;
  const stops = [...element.querySelectorAll(STOPS)].filter(isShown);
  return stops.find((stop) => stop.localName === kind) ?? stops[0];
}

const openers = new WeakMap(); // dialog -> what it gives the focus back to

/** Notes what a dialog was opened from: what had the focus before it, or the link that leads to this page, if one took it. */
export function noteOpener(dialog) {
  const focused = isLost() || dialog.contains(document.activeElement) ? before : document.activeElement;
  const links = [...document.querySelectorAll("a[href]")].filter((link) => !dialog.contains(link));
  openers.set(dialog, focused ?? (isLed ? null : links.find(({ href }) => href === location.href)));
}

export const openerOf = (dialog) => openers.get(dialog);

document.addEventListener("htmx:before:swap", () => {
  const focused = document.activeElement;
  const dialog = focused?.closest("dialog");
  before = dialog ? standIn(openerOf(dialog)) : isLost() ? null : focused;
  trail = [];
  if (before) remember(before);
});

/** Focuses what a dialog is for: what it names itself, the field that is wrong, else its first one, else a button. */
export function enter(dialog) {
  const first = dialog.querySelector("[autofocus]") ?? dialog.querySelector("[aria-invalid=true], input:not([type=hidden]), select, textarea");
  (first ?? dialog.querySelector("button[type=submit], button"))?.focus();
}

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (!isLost()) return;
  const dialog = document.querySelector("dialog:modal"); // all else is out of reach
  if (dialog) enter(dialog);
  else if (ctx.target === document.body) settle();
  else trail.filter(isShown).map(within).find(Boolean)?.focus();
});

/** Lets the page that comes next have the focus where one goes on. */
export const lead = () => sessionStorage.setItem(LED, "yes");

document.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (target.method === "post" && !defaultPrevented) lead();
});

function goOn() {
  if (isLost()) settle();
}

if (isLed) {
  sessionStorage.removeItem(LED);
  goOn();
  addEventListener("load", goOn); // an address that names a post takes the focus away meanwhile
}
