// The answers of each view. An answer is {elements, tables, said, marks}: what to show,
// what to copy, what screen readers say, and the rows to mark on the map of each model.

import { largest } from "./model.js";
import { rankText, sideBySide, wordHeading, wordTable } from "./tables.js";
import { visible } from "./words.js";

const pairs = (found) => found.map(({ row, cosine }) => ({ row, values: [cosine] }));
const captionOf = (models, model, text) => (models.length > 1 ? `${model.name}` : text);

/** Return the rows of a word in all models; -1 where a model does not have it. */
function rowsOf(models, row) {
  const word = models[0].words[row];
  return models.map((model, i) => (i ? model.list.rows.get(word) ?? -1 : row));
}

/** Return one table of the best words for each model that has all the words. */
function tablesOf(models, rowLists, caption, heads, score) {
  return models.map((model, i) => {
    const rows = rowLists.map((list) => list[i]);
    if (!rows.includes(-1)) return wordTable(captionOf(models, model, caption), model, heads,
      score(model, rows));
    const note = document.createElement("p");
    note.className = "notice";
    note.textContent = `${model.name} does not have all of these words.`;
    return note;
  });
}

function answer(heading, tables, said, rowLists, models) {
  const marks = models.map((model, i) => {
    const found = tables[i].found ?? [];
    return [...rowLists.map((list) => list[i]).filter((row) => row >= 0), ...found];
  });
  return {
    elements: [heading, tables.length > 1 ? sideBySide(tables) : tables[0]],
    tables: tables.filter((table) => table.copy),
    said,
    marks,
  };
}

/** Return a scoring function that remembers its rows for the map. */
function withFound(tables, founds) {
  tables.forEach((table, i) => { table.found = founds[i]; });
  return tables;
}

/** The nearest neighbours of a word. */
export function neighbours(models, [row], count) {
  const [model] = models;
  const word = model.words[row];
  const lists = [rowsOf(models, row)];
  const founds = models.map(() => []);
  const tables = tablesOf(models, lists, "Nearest words", ["Cosine"], (some, [own]) => {
    const found = some.isZero(own) ? [] : some.nearest(some.unit(own), count, [own]);
    founds[models.indexOf(some)] = found.map((one) => one.row);
    return pairs(found);
  });
  if (model.isZero(row)) {
    return answer(wordHeading([{ word }], rankText(model, row)), withFound(tables, founds),
      `The vector of ${visible(word)} is zero, so it has no neighbours.`, lists, models);
  }
  const nearest = founds[0].slice(0, 3).map((found) => visible(model.words[found])).join(", ");
  return answer(wordHeading([{ word }], rankText(model, row)), withFound(tables, founds),
    `Nearest to ${visible(word)}: ${nearest}`, lists, models);
}

/** a is to b as c is to ?: the words nearest to b - a + c, all of length 1. */
export function analogy(models, rows, count) {
  const lists = rows.map((row) => rowsOf(models, row));
  const founds = models.map(() => []);
  const tables = tablesOf(models, lists, "Answers", ["Cosine"], (model, own) => {
    const [a, b, c] = own.map((row) => model.unit(row));
    const found = model.nearest(b.map((x, i) => x - a[i] + c[i]), count, own);
    founds[models.indexOf(model)] = found.map((one) => one.row);
    return pairs(found);
  });
  const [a, b, c] = rows.map((row) => ({ word: models[0].words[row] }));
  const best = founds[0].length ? { word: models[0].words[founds[0][0]] } : { word: "" };
  const heading = wordHeading([a, " is to ", b, " as ", c, " is to ", best], "");
  const said = `${visible(a.word)} is to ${visible(b.word)} as ${visible(c.word)} is to `
    + visible(best.word);
  return answer(heading, withFound(tables, founds.map((found) => found.slice(0, 5))), said,
    lists, models);
}

/** Two words: their cosine, their ranks, and the words that are close to both. */
export function compare(models, rows, count) {
  const lists = rows.map((row) => rowsOf(models, row));
  const [first, second] = rows.map((row) => ({ word: models[0].words[row] }));
  const founds = models.map(() => []);
  const heads = [`to ${visible(first.word)}`, `to ${visible(second.word)}`];
  const tables = tablesOf(models, lists, "Closest to both, by the lower cosine", heads, (model, own) => {
    const [one, two] = own.map((row) => model.cosines(model.unit(row)));
    const lower = one.map((cosine, row) => Math.min(cosine, two[row]));
    const found = largest(lower, count, own);
    founds[models.indexOf(model)] = found.map((item) => item.row);
    return found.map(({ row }) => ({ row, values: [one[row], two[row]] }));
  });
  const texts = models.map((model, i) => {
    const [a, b] = lists.map((list) => list[i]);
    return a < 0 || b < 0 ? "" : relation(models, model, a, b);
  }).filter(Boolean);
  const heading = wordHeading([first, " and ", second], texts.join("; "));
  return answer(heading, withFound(tables, founds), texts.join("; "), lists, models);
}

function relation(models, model, a, b) {
  const rank = (from, to) => {
    const cosines = model.cosines(model.unit(from));
    return cosines.filter((cosine, row) => cosine > cosines[to] && row !== from).length + 1;
  };
  const [one, two] = [a, b].map((row) => visible(model.words[row]));
  const name = models.length > 1 ? `${model.name}: ` : "";
  const cosine = model.cosine(a, model, b).toFixed(3);
  if (a === b) return `${name}cosine 1.000`;
  return `${name}cosine ${cosine}; ${two} is neighbour ${rank(a, b).toLocaleString("en")} of `
    + `${one}, and ${one} is neighbour ${rank(b, a).toLocaleString("en")} of ${two}`;
}

/** The words whose two vectors have the smallest cosine, among the `among` most frequent. */
export function moved(models, among, count) {
  const [model, other] = models;
  const found = [];
  for (let row = 0; row < Math.min(among, model.size); row++) {
    const otherRow = other.list.rows.get(model.words[row]);
    if (otherRow === undefined || otherRow >= among) continue;
    if (model.isZero(row) || other.isZero(otherRow)) continue;
    found.push({ row, values: [model.cosine(row, other, otherRow)] });
  }
  const shared = found.length;
  found.sort((a, b) => a.values[0] - b.values[0]);
  found.length = Math.min(found.length, count);
  const table = wordTable("Words that moved most", model, ["Cosine"], found);
  const text = `${shared.toLocaleString("en")} words are among the `
    + `${among.toLocaleString("en")} most frequent of both models`;
  const marks = models.map((some) => found.map(({ row }) =>
    some.list.rows.get(model.words[row])));
  return {
    elements: [wordHeading(["Words that moved most"], text), table],
    tables: [table], said: text, marks,
  };
}
