// Drop-down menus are <details>: here they close by themselves and open upwards where there is no room below.
const open = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.("details[data-menu][open]")) return;
  for (const other of open()) if (other !== menu && !other.contains(menu)) other.open = false;
  const list = menu.querySelector(".menu-list");
  if (list) turn(menu, list);
}, true);

function turn(menu, list) {
  list.classList.remove("up");
  const pane = menu.closest(".posts, .sidebar, dialog")?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight };
  const box = list.getBoundingClientRect();
  const above = menu.getBoundingClientRect().top - box.height;
  if (box.bottom > pane.bottom && above > pane.top) list.classList.add("up");
}

document.addEventListener("click", (event) => {
  for (const menu of open()) {
    const picked = event.target.closest(".menu-list a");
    if (!menu.contains(event.target) || picked) menu.open = false;
  }
});

document.addEventListener("submit", (event) => {
  const menu = event.target.closest("details[data-menu]");
  if (menu) setTimeout(close, 0, menu);
});

function close(menu) {
  const isInside = menu.contains(document.activeElement);
  menu.open = false;
  if (isInside) menu.querySelector("summary").focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  open().forEach(close);
});
