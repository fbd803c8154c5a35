// The answers of each view: {elements, tables, said, marks}. They are what to show, what to
// copy, what screen readers say, and the rows to mark on the map of each model.
//
// Questions name rows of the first model. The second model, if there is one, answers for the
// same words.

import { largest } from "./model.js";
import { rankText, sideBySide, wordHeading, wordTable } from "./tables.js";
import { visible } from "./words.js";

/**
 * Ask each model. `score(model, rows)` returns [{row, values}] for the rows of the words in
 * this model. Returns {element, found, rows} of each model.
 */
function ask(models, rows, caption, heads, score) {
  const words = rows.map((row) => models[0].words[row]);
  return models.map((model) => {
    const own = words.map((word) => model.list.rows.get(word) ?? -1);
    if (own.includes(-1)) return { element: missingNote(model), found: [], rows: [] };
    const found = score(model, own);
    const title = models.length > 1 ? model.name : caption;
    return { element: wordTable(title, model, heads, found), found, rows: own };
  });
}

function missingNote(model) {
  const note = document.createElement("p");
  note.className = "notice";
  note.textContent = `${model.name} does not have all of these words.`;
  return note;
}

/** Put the parts of an answer together; at most `marked` of the found words are marked. */
function combine(heading, asked, said, marked = Infinity) {
  const elements = asked.map((one) => one.element);
  return {
    elements: [heading, elements.length > 1 ? sideBySide(elements) : elements[0]],
    tables: elements.filter((element) => element.copy),
    said,
    marks: asked.map(({ rows, found }) =>
      [...rows, ...found.slice(0, marked).map((one) => one.row)]),
  };
}

const withValues = (found) => found.map(({ row, cosine }) => ({ row, values: [cosine] }));

/** The nearest neighbours of a word. */
export function neighbours(models, [row], count) {
  const [model] = models;
  const word = model.words[row];
  const asked = ask(models, [row], "Nearest words", ["Cosine"], (some, [own]) =>
    (some.isZero(own) ? [] : withValues(some.nearest(some.unit(own), count, [own]))));
  const nearest = asked[0].found.slice(0, 3).map((one) => visible(model.words[one.row]));
  const said = nearest.length
    ? `Nearest to ${visible(word)}: ${nearest.join(", ")}`
    : `The vector of ${visible(word)} is zero, so it has no neighbours.`;
  const about = model.isZero(row) ? said : rankText(model, row);
  return combine(wordHeading([{ word }], about), asked, said);
}

/** a is to b as c is to ?: the words nearest to b - a + c, all of length 1. */
export function analogy(models, rows, count) {
  const [model] = models;
  const asked = ask(models, rows, "Answers", ["Cosine"], (some, own) => {
    const [a, b, c] = own.map((row) => some.unit(row));
    return withValues(some.nearest(b.map((x, i) => x - a[i] + c[i]), count, own));
  });
  const best = asked[0].found[0];
  const words = [...rows, ...(best ? [best.row] : [])].map((row) => ({ word: model.words[row] }));
  const parts = words.flatMap((word, i) => [["", " is to ", " as ", " is to "][i], word]);
  const heading = wordHeading(parts, "");
  return combine(heading, asked, heading.firstChild.textContent, 5);
}

/** Two words: their cosine, their ranks, and the words that are close to both. */
export function compare(models, rows, count) {
  const [model] = models;
  const words = rows.map((row) => ({ word: model.words[row] }));
  const heads = words.map(({ word }) => `to ${visible(word)}`);
  const caption = "Closest to both, by the lower cosine";
  const asked = ask(models, rows, caption, heads, (some, own) => {
    const [one, two] = own.map((row) => some.cosines(some.unit(row)));
    const lower = one.map((cosine, row) => Math.min(cosine, two[row]));
    return largest(lower, count, own).map(({ row }) => ({ row, values: [one[row], two[row]] }));
  });
  const text = asked.map(({ rows: own }, i) => (own.length ? relation(models[i], own) : ""))
    .map((one, i) => (one && models.length > 1 ? `${models[i].name}: ${one}` : one))
    .filter(Boolean).join("; ");
  return combine(wordHeading([words[0], " and ", words[1]], text), asked, text);
}

/** Return the cosine of two rows, and the place of each among the neighbours of the other. */
function relation(model, [a, b]) {
  if (a === b) return "the same word";
  const place = (from, to) => {
    const cosines = model.cosines(model.unit(from));
    const closer = cosines.filter((cosine, row) => cosine > cosines[to] && row !== from);
    return (closer.length + 1).toLocaleString("en");
  };
  const [one, two] = [a, b].map((row) => visible(model.words[row]));
  return `cosine ${model.cosine(a, model, b).toFixed(3)}; ${two} is neighbour ${place(a, b)} `
    + `of ${one}, and ${one} is neighbour ${place(b, a)} of ${two}`;
}

/** The words whose two vectors have the smallest cosine, among the `among` most frequent. */
export function moved(models, among, count) {
  const [model, other] = models;
  const shared = [];
  for (let row = 0; row < Math.min(among, model.size); row++) {
    const otherRow = other.list.rows.get(model.words[row]) ?? Infinity;
    if (otherRow >= among || model.isZero(row) || other.isZero(otherRow)) continue;
    shared.push({ row, otherRow, values: [model.cosine(row, other, otherRow)] });
  }
  const text = `among the ${among.toLocaleString("en")} most frequent words of both `
    + `models: ${shared.length.toLocaleString("en")}`;
  const found = shared.sort((a, b) => a.values[0] - b.values[0]).slice(0, count);
  const table = wordTable("Smallest cosines", model, ["Cosine"], found);
  return {
    elements: [wordHeading(["Words that moved most"], text), table],
    tables: [table],
    said: text,
    marks: [found.map((one) => one.row), found.map((one) => one.otherRow)],
  };
}
