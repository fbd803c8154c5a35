// Tables of words with cosines.

import { linkTo } from "./links.js";
import { wordElement } from "./words.js";

/**
 * Return a table of words, each a link, with numbers and a bar for the lowest of them.
 *
 * `heads` names the columns of numbers; a row is {row, values}.
 */
export function wordTable(caption, model, heads, rows) {
  const table = document.createElement("table");
  table.createCaption().textContent = caption;
  const head = table.createTHead().insertRow();
  for (const [text, kind] of [["#", "number"], ["Word", ""], ...heads.map((h) => [h, "number"])]) {
    head.append(cell("th", text, kind));
  }
  const empty = cell("td", "", "bar");
  empty.setAttribute("aria-hidden", "true");
  head.append(empty);
  const body = table.createTBody();
  rows.forEach(({ row, values }, i) => {
    const line = body.insertRow();
    const word = cell("td", "", "word");
    word.append(wordLink(model, row));
    line.append(cell("td", i + 1, "number"), word);
    for (const value of values) line.append(cell("td", value.toFixed(3), "number"));
    line.append(bar(Math.min(...values)));
  });
  table.copy = [
    [`#`, "word", ...heads.map((text) => text.toLowerCase())],
    ...rows.map(({ row, values }, i) =>
      [i + 1, model.words[row], ...values.map((value) => value.toFixed(4))].map(String)),
  ];
  return table;
}

/** Return a link to the neighbours of a word. */
export function wordLink(model, row) {
  const link = document.createElement("a");
  link.href = linkTo("word", [model.words[row]]);
  link.dataset.row = row;
  link.word = model.words[row];
  link.title = rankText(model, row);
  link.append(wordElement(model.words[row]));
  return link;
}

/** Return what is known of the frequency of a word. */
export function rankText(model, row) {
  const number = (value) => value.toLocaleString("en");
  const count = model.counts ? `, count ${number(model.counts[row])}` : "";
  return `rank ${number(row + 1)} of ${number(model.size)}${count}`;
}

function cell(tag, text, kind) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (kind) element.className = kind;
  if (tag === "th") element.scope = "col";
  return element;
}

function bar(cosine) {
  const element = cell("td", "", "bar");
  element.setAttribute("aria-hidden", "true"); // the number says the same
  const line = document.createElement("i");
  line.style.setProperty("--share", `${Math.max(0, cosine) * 100}%`);
  element.append(line);
  return element;
}

/** Return a heading with a word and a line about it. */
export function wordHeading(words, text) {
  const group = document.createElement("div");
  group.className = "answer";
  const title = document.createElement("h2");
  words.forEach((word) => title.append(typeof word === "string" ? word : wordElement(word.word)));
  const line = document.createElement("p");
  line.className = "muted";
  line.textContent = text;
  group.append(title, line);
  return group;
}

/** Return elements in columns where the page is wide enough. */
export function sideBySide(elements) {
  const group = document.createElement("div");
  group.className = "side-by-side answer";
  group.append(...elements);
  return group;
}
