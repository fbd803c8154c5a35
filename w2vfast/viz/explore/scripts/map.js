// A map of the words on a canvas, which a person can zoom and pan.

import { Labels } from "./labels.js";
import { Points } from "./points.js";
import { visible } from "./words.js";

const MARGIN = 0.94; // share of the canvas that all words fill at first
const DEEPEST = 400; // largest magnification
const REACH = 14; // pixels between the pointer and a point that it picks
const FONT = "12px system-ui, sans-serif";
const BOLD = "600 13px system-ui, sans-serif";

export class WordMap {
  /**
   * `picked` is called with a row, `moved` with a transform of d3-zoom after a person
   * moved the map, and `said` with a text for screen readers.
   */
  constructor(canvas, model, { picked, moved, said }) {
    Object.assign(this, { canvas, model, picked, moved, said });
    this.context = canvas.getContext("2d");
    this.points = new Points(this.context);
    this.texts = model.words.map(visible);
    this.transform = d3.zoomIdentity;
    this.chosen = []; // rows, the first in another colour
    this.hovered = -1;
    this.zoom = d3.zoom().scaleExtent([0.5, DEEPEST]).clickDistance(4)
      .on("zoom", (event) => this.onZoom(event));
    d3.select(canvas).call(this.zoom).on("dblclick.zoom", null);
    canvas.addEventListener("click", (event) => this.onClick(event));
    canvas.addEventListener("mousemove", (event) => this.hover(this.rowAt(...this.point(event))));
    canvas.addEventListener("mouseleave", () => this.hover(-1));
    canvas.addEventListener("keydown", (event) => this.onKey(event));
    canvas.addEventListener("focus", () => this.redraw());
    canvas.addEventListener("blur", () => this.redraw());
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.readColours();
    this.resize();
  }

  readColours() {
    const style = getComputedStyle(document.documentElement);
    this.colours = Object.fromEntries(["ground", "ink", "point", "accent", "chosen"].map(
      (name) => [name, style.getPropertyValue(`--${name}`)]));
    this.redraw();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || (width === this.width && height === this.height)) return;
    const middle = this.width ? this.middle() : null;
    Object.assign(this, { width, height, ratio: devicePixelRatio || 1 });
    if (middle) this.follow(this.transformTo(middle, this.transform.k));
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(height * this.ratio);
    this.redraw();
  }

  /** Pixels per unit of `places`, before magnification. */
  get unit() {
    return (Math.min(this.width, this.height) / 2 / 32767) * MARGIN;
  }

  /** Return what is in the middle of the canvas, in units of `places`. */
  middle() {
    const { x, y, k } = this.transform;
    const base = (size, shift) => (size / 2 - shift) / k - size / 2;
    return [base(this.width, x) / this.unit, base(this.height, y) / this.unit];
  }

  /** Return the transform that brings a place to the middle. */
  transformTo([x, y], k) {
    const { width, height, unit } = this;
    return d3.zoomIdentity.translate(width / 2, height / 2).scale(k)
      .translate(-width / 2 - unit * x, -height / 2 - unit * y);
  }

  /** Return the place of a row on the canvas, in pixels. */
  place(row) {
    const { x, y, k } = this.transform;
    return [
      x + k * (this.width / 2 + this.unit * this.model.places[2 * row]),
      y + k * (this.height / 2 - this.unit * this.model.places[2 * row + 1]),
    ];
  }

  isInside(x, y) {
    return x >= 0 && y >= 0 && x <= this.width && y <= this.height;
  }

  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    const { context, width, height, colours } = this;
    if (!width) return;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.textBaseline = "middle";
    const seen = this.drawPoints(); // replaces the last picture
    this.drawChosen();
    const labels = new Labels(context, width, height);
    const strong = { font: BOLD, ground: colours.ground, always: true };
    if (this.hovered >= 0) this.label(labels, this.hovered, { ...strong, ink: colours.ink });
    this.chosen.forEach((row, i) => this.label(labels, row, {
      ...strong, always: i === 0, distance: i ? 7 : 10, ink: i ? colours.accent : colours.chosen,
    }));
    for (const row of this.chosen) labels.cover(...this.place(row), 4);
    const plain = { font: FONT, ground: colours.ground, ink: colours.ink };
    for (const row of seen) {
      if (labels.isTired) break;
      if (row !== this.hovered && !this.chosen.includes(row)) this.label(labels, row, plain);
    }
    if (this.canvas.matches(":focus-visible")) this.drawCross();
  }

  /** Draw a point for each word; return the rows that are inside. */
  drawPoints() {
    const { points, transform, ratio } = this;
    const zoom = Math.sqrt(transform.k);
    const size = Math.max(1, Math.round(Math.min(4, 1.3 * zoom) * ratio));
    const alpha = Math.round(255 * Math.min(0.9, 0.35 * zoom));
    points.prepare(this.canvas.width, this.canvas.height, this.colours.point);
    const seen = [];
    for (let row = 0; row < this.model.size; row++) {
      const [x, y] = this.place(row);
      if (!this.isInside(x, y)) continue;
      seen.push(row);
      points.add(x * ratio, y * ratio, size, alpha);
    }
    points.show();
    return seen;
  }

  drawChosen() {
    const { context, colours } = this;
    for (let i = this.chosen.length - 1; i >= 0; i--) {
      const [x, y] = this.place(this.chosen[i]);
      context.beginPath();
      context.arc(x, y, i ? 4 : 6, 0, 2 * Math.PI);
      context.fillStyle = i ? colours.accent : colours.chosen;
      context.fill();
      context.lineWidth = 1.5;
      context.strokeStyle = colours.ground;
      context.stroke();
    }
  }

  /** Draw a cross in the middle, where Enter picks a word. */
  drawCross() {
    const { context, width, height } = this;
    context.strokeStyle = this.colours.ink;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(width / 2 - 9, height / 2);
    context.lineTo(width / 2 + 9, height / 2);
    context.moveTo(width / 2, height / 2 - 9);
    context.lineTo(width / 2, height / 2 + 9);
    context.stroke();
  }

  label(labels, row, style) {
    const [x, y] = this.place(row);
    if (this.isInside(x, y)) labels.draw(this.texts[row], x, y, style);
  }

  /** Mark rows. */
  choose(rows) {
    this.chosen = rows;
    this.redraw();
  }

  /** Move the map so that it shows the given rows. */
  show(rows) {
    const xs = rows.map((row) => this.model.places[2 * row]);
    const ys = rows.map((row) => -this.model.places[2 * row + 1]);
    const middle = (values) => (Math.min(...values) + Math.max(...values)) / 2;
    const span = (values) => this.unit * Math.max(1, Math.max(...values) - Math.min(...values));
    const k = Math.min(60, (0.75 * this.width) / span(xs), (0.75 * this.height) / span(ys));
    this.moveTo(this.transformTo([middle(xs), middle(ys)], Math.max(k, 1)));
  }

  showAll() {
    this.moveTo(d3.zoomIdentity);
  }

  zoomBy(factor) {
    d3.select(this.canvas).call(this.zoom.scaleBy, factor);
    this.moved(this.transform);
  }

  moveTo(transform) {
    this.glide(transform);
    this.moved(transform, true);
  }

  glide(transform) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const target = d3.select(this.canvas);
    if (still) target.call(this.zoom.transform, transform);
    else target.transition().duration(450).call(this.zoom.transform, transform);
  }

  /** Take the transform of another map. */
  follow(transform, smoothly = false) {
    if (smoothly) return this.glide(transform);
    d3.select(this.canvas).interrupt().property("__zoom", transform);
    this.transform = transform;
    this.redraw();
  }

  onZoom(event) {
    this.transform = event.transform;
    if (event.sourceEvent) this.moved(event.transform);
    this.redraw();
  }

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** Return the row whose point is nearest, within `reach` pixels; else -1. */
  rowAt(x, y, reach = REACH) {
    let best = -1, least = reach * reach;
    for (let row = 0; row < this.model.size; row++) {
      const [px, py] = this.place(row);
      const distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < least) [best, least] = [row, distance];
    }
    return best;
  }

  hover(row) {
    if (row === this.hovered) return;
    this.hovered = row;
    this.canvas.style.cursor = row < 0 ? "" : "pointer";
    this.redraw();
  }

  onClick(event) {
    const row = this.rowAt(...this.point(event));
    if (row >= 0) this.picked(row);
  }

  onKey(event) {
    const step = Math.min(this.width, this.height) / 6 / this.transform.k;
    const moves = {
      ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step],
    };
    const middle = () => this.rowAt(this.width / 2, this.height / 2, Infinity);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) {
      d3.select(this.canvas).call(this.zoom.translateBy, ...moves[event.key]);
      this.moved(this.transform);
    } else if (event.key === "+" || event.key === "=") this.zoomBy(1.6);
    else if (event.key === "-") this.zoomBy(1 / 1.6);
    else if (event.key === "0") this.showAll();
    else if (event.key === "Enter") this.picked(middle());
    else return;
    event.preventDefault();
    if (event.key !== "Enter" && event.key !== "0") {
      this.said(`Nearest to the middle: ${this.texts[middle()]}`);
    }
  }
}
