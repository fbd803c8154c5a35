// Start the page: connect forms, links, maps and answers.

import { copyText, tabSeparated } from "./clipboard.js";
import { Combobox } from "./combobox.js";
import { linkTo, parseLink } from "./links.js";
import { WordMap } from "./map.js";
import { readPage } from "./model.js";
import { wordLink } from "./tables.js";
import { Tabs } from "./tabs.js";
import { startTheme } from "./theme.js";
import { analogy, compare, moved, neighbours } from "./views.js";
import { visible } from "./words.js";

const METHOD_NAMES = { pca: "PCA", umap: "UMAP", pacmap: "PaCMAP", tsne: "t-SNE" };
const ANSWERS = { word: neighbours, analogy, compare };
const FIELDS = { word: ["word"], analogy: ["a", "b", "c"], compare: ["first", "second"] };

const byId = (id) => document.getElementById(id);
const { method, models } = readPage();
const comboboxes = Object.fromEntries(Object.values(FIELDS).flat().map((id) =>
  [id, new Combobox(byId(id), models[0].list, (input) => onWord(input))]));
const tabs = startTabs();
const maps = makeMaps();
let shown = null; // {view, rows} of the answer
let mapStays = false; // after a click on the map, which then does not move

startTheme(byId("theme"), () => maps.forEach((map) => map.readColours()));
describe();
document.querySelectorAll("form").forEach((form) => form.addEventListener("submit", onSubmit));
byId("rows").addEventListener("change", () => shown && showAnswer(shown.view, shown.rows));
byId("copy-table").addEventListener("click", copyTables);
byId("copy-link").addEventListener("click", copyLink);
byId("panels").addEventListener("click", onLink);
addEventListener("hashchange", showLink);
showLink();
// After the first picture: the first search is then as fast as the others.
setTimeout(() => models[0].list.foldAll(), 300);
document.documentElement.dataset.ready = "true";

function startTabs() {
  byId("tab-moved").hidden = models.length < 2;
  return new Tabs(byId("tabs"), () => {
    say("");
    clear();
  });
}

function describe() {
  const sizes = models.map((model) => model.size.toLocaleString("en")).join(" and ");
  byId("summary").textContent =
    `${sizes} words, ${models[0].dimensions} dimensions`;
  const first = Math.min(400, Math.floor(models[0].size / 3));
  const step = Math.max(1, Math.floor(first / 4));
  const rows = [0, 1, 2, 3, 4].map((i) => first + i * step).filter((row) => row < models[0].size);
  byId("examples").append("For example: ");
  rows.forEach((row, i) => byId("examples").append(i ? ", " : "", wordLink(models[0], row)));
  for (const among of [1000, 2000, 5000, 10000, 20000, 50000]) {
    if (among < Math.max(...models.map((model) => model.size))) addChoice(among);
  }
  addChoice(Math.max(...models.map((model) => model.size)));
  byId("among").selectedIndex = Math.min(2, byId("among").length - 1);
}

function addChoice(among) {
  const option = new Option(`${among.toLocaleString("en")} words`, String(among));
  byId("among").append(option);
}

/** Add the parts of a map to the page, and return its canvas. */
function addFigure(model, number) {
  const figure = document.createElement("div");
  figure.className = "map";
  const head = document.createElement("div");
  head.className = "map-head";
  const title = document.createElement("p");
  title.className = "muted";
  const by = `map by ${METHOD_NAMES[method]}`;
  title.textContent = models.length > 1 ? `${model.name}: ${by}` : by.replace("m", "M");
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", `Map of the words of ${model.name}`);
  canvas.setAttribute("aria-describedby", "map-hint");
  head.append(title, mapTools(() => maps[number]));
  figure.append(head, canvas);
  byId("map-grid").append(figure);
  return canvas;
}

/** Make the maps, which move together. */
function makeMaps() {
  const canvases = models.map(addFigure); // all of them first: then they have their sizes
  return models.map((model, number) => new WordMap(canvases[number], model, {
    picked: (row) => pick(model.words[row], true),
    moved: (transform, smoothly) => maps.filter((_, other) => other !== number)
      .forEach((other) => other.follow(transform, smoothly)),
    said: say,
  }));
}

function mapTools(map) {
  const tools = document.createElement("div");
  tools.className = "map-tools";
  for (const [text, label, act] of [
    ["+", "Zoom in", () => map().zoomBy(1.6)],
    ["−", "Zoom out", () => map().zoomBy(1 / 1.6)],
    ["All", "Show all words", () => map().showAll()],
    ["Word", "Show the marked words", () => map().chosen.length && map().show(map().chosen)],
  ]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.setAttribute("aria-label", text.length > 1 ? `${text}: ${label}` : label);
    button.title = label;
    button.addEventListener("click", act);
    tools.append(button);
  }
  return tools;
}

/** Show the neighbours of a word that was picked on a map or in a table. */
function pick(word, stays) {
  const row = models[0].list.rows.get(word);
  if (row === undefined) {
    return problem(`${models[0].name} does not have the word ${visible(word)}.`);
  }
  mapStays = stays;
  go("word", [row]);
}

/** Follow a link to a word here: an address cannot hold every word. */
function onLink(event) {
  const link = event.target.closest("a[data-row]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  pick(link.word, false);
}

/** A word was chosen from a list: search at once, or go on to the next empty field. */
function onWord(input) {
  const form = input.form;
  const empty = [...form.querySelectorAll("input")].find((field) => !field.value);
  if (empty) empty.focus();
  else form.requestSubmit();
}

function onSubmit(event) {
  event.preventDefault();
  const { view } = event.target.dataset;
  if (view === "moved") return go("moved", [Number(byId("among").value)]);
  const boxes = FIELDS[view].map((id) => comboboxes[id]);
  boxes.forEach((box) => box.close());
  const missing = boxes.find((box) => box.row() < 0);
  if (missing) {
    missing.setInvalid(true);
    missing.input.focus();
    return problem(unknown(missing.input.value));
  }
  go(view, boxes.map((box) => box.row()));
}

/** Show an answer, and give it an address. */
function go(view, rows) {
  const values = view === "moved" ? rows.map(String) : rows.map((row) => models[0].words[row]);
  const link = linkTo(view, values);
  if (link !== location.hash) history.pushState(null, "", link);
  showAnswer(view, rows);
}

/** Show the answer that the address names. */
function showLink() {
  const link = parseLink(location.hash);
  if (!link) return;
  if (link.view === "moved") {
    if (models.length > 1) showAnswer("moved", [Number(link.values[0]) || models[0].size]);
    return;
  }
  const rows = link.values.map((value) => models[0].list.find(value));
  const missing = rows.indexOf(-1);
  if (missing < 0) return showAnswer(link.view, rows);
  tabs.show(link.view);
  FIELDS[link.view].forEach((id, i) => { comboboxes[id].type(link.values[i]); });
  problem(unknown(link.values[missing]));
}

function showAnswer(view, rows) {
  const started = performance.now();
  tabs.show(view);
  if (view === "moved") byId("among").value = String(rows[0]);
  shown = { view, rows };
  const count = Number(byId("rows").value);
  if (view !== "moved") FIELDS[view].forEach((id, i) => comboboxes[id].fill(rows[i]));
  const found = view === "moved"
    ? moved(models, rows[0], count) : ANSWERS[view](models, rows, count);
  byId("results").replaceChildren(...found.elements);
  byId("actions").hidden = found.tables.length === 0;
  shown.tables = found.tables;
  say(found.said, true);
  const follows = !mapStays && view !== "moved";
  mapStays = false;
  const answered = shown;
  // The answer is on the screen before the maps are drawn, which takes longer.
  requestAnimationFrame(() => setTimeout(() => {
    if (shown === answered) mark(found.marks, follows);
  }));
  document.documentElement.dataset.milliseconds = (performance.now() - started).toFixed(1);
}

/** Mark rows on each map; `follows` moves the maps to them. */
function mark(marks, follows) {
  maps.forEach((map, i) => map.choose(marks[i]));
  const target = maps.find((map) => map.chosen.length);
  if (target && follows) target.show(target.chosen);
}

function clear() {
  shown = null;
  byId("results").replaceChildren();
  byId("actions").hidden = true;
  maps.forEach((map) => map.choose([]));
}

function unknown(text) {
  const size = models[0].size.toLocaleString("en");
  if (text.trim() === "") return "Type a word.";
  const similar = models[0].list.complete(text.trim().slice(0, -1), 3)
    .map((row) => visible(models[0].words[row]));
  return `“${visible(text)}” is not among the ${size} words of this page.`
    + (similar.length ? ` Similar: ${similar.join(", ")}.` : "");
}

/** Tell people something; screen readers only, if the page shows it elsewhere. */
function say(text, isShown = false) {
  byId("message").className = isShown ? "notice unseen" : "notice";
  byId("message").textContent = text;
}

function problem(text) {
  clear();
  say(text);
  byId("message").classList.add("problem");
}

async function copyTables() {
  const rows = shown.tables.flatMap((table, i) =>
    [...(i ? [[""]] : []), ...(models.length > 1 ? [[table.caption.textContent]] : []),
      ...table.copy]);
  const done = await copyText(tabSeparated(rows));
  say(done ? "The table is copied." : "The browser does not allow this page to copy.");
}

async function copyLink() {
  const done = await copyText(location.href);
  say(done ? "The link is copied." : "The browser does not allow this page to copy.");
}
