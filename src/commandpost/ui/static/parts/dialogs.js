// Dialogs come modal; closing one that came with the page goes to the page without it. Ctrl Enter sends a text in one.
import { enter, noteOpener, openerOf, settle } from "./focus.js";
import { onContent } from "./say.js";

function upgrade() {
  for (const dialog of document.querySelectorAll("dialog[data-modal][open]:not(:modal)")) {
    noteOpener(dialog);
    dialog.removeAttribute("open");
    dialog.showModal();
    enter(dialog);
  }
}

/** Closes a dialog for good. */
export function closeDialog(dialog) {
  const without = dialog.querySelector("a[data-close][href]")?.href;
  dialog.close();
  if (!dialog.closest("#dialog_region")) return;
  dialog.remove();
  settle(openerOf(dialog));
  if (without) history.replaceState(history.state, "", without);
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const dialog = event.target.closest("[data-close]")?.closest("dialog");
  if (!dialog) return;
  event.preventDefault();
  closeDialog(dialog);
});

document.addEventListener("cancel", (event) => {
  if (!event.target.matches?.("dialog[data-modal]")) return;
  event.preventDefault();
  closeDialog(event.target);
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("dialog textarea")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

onContent(upgrade);
