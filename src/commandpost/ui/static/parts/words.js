// Sentences of scripts as the reader reads them: the page carries them beside the English ones.
const known = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

/** Returns a sentence in the page's language, its %(names)s filled in. */
export const word = (text, values = {}) => (known[text] ?? text).replace(/%\((\w+)\)s/g, (_all, name) => values[name]);
