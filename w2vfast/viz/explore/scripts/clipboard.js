// Copy tables and links.

import { visible } from "./words.js";

/** Return rows of cells as text with tabs, which spreadsheets paste as a table. */
export function tabSeparated(rows) {
  return rows.map((cells) => `${cells.map((cell) => visible(cell)).join("\t")}\n`).join("");
}

/** Copy a text; return whether it worked. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { /* not allowed for this page: use the older way */ }
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
