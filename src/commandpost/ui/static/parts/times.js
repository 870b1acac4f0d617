// Times are UTC in the markup; here they become the reader's own, with UTC on hover.
import { onContent } from "./say.js";
import { word } from "./words.js";

const language = document.documentElement.lang || undefined;
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const date = new Intl.DateTimeFormat(language, { year: "numeric", month: "short", day: "numeric" });
const second = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

const isToday = (at) => at.toDateString() === new Date().toDateString();

// The same words as the filter `duration` of the server, by the largest two units.
function elapsed(at) {
  const minutes = Math.max(0, Math.floor((Date.now() - at) / 60_000));
  if (minutes >= 1440) return word("%(days)s d %(hours)s h", { days: Math.floor(minutes / 1440), hours: Math.floor(minutes / 60) % 24 });
  if (minutes >= 60) return word("%(hours)s h %(minutes)s min", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  return minutes ? word("%(minutes)s min", { minutes }) : "";
}

const styles = {
  time: (at) => (isToday(at) ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`),
  date: (at) => date.format(at),
  datetime: (at) => `${date.format(at)}, ${clock.format(at)}`,
  seconds: (at) => `${date.format(at)}, ${second.format(at)}`,
  elapsed,
};

function localise() {
  for (const element of document.querySelectorAll("time[data-time]")) {
    const at = new Date(element.dateTime);
    const text = Number.isNaN(at.valueOf()) ? "" : (styles[element.dataset.time] ?? styles.datetime)(at);
    if (text && element.textContent !== text) element.textContent = text;
  }
}

onContent(localise);
setInterval(localise, 60_000);
