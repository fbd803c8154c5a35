// Labels of a map that do not overlap.

const CELL = 8; // pixels; a label covers whole cells
const MOST_TRIED = 2500; // words tried for each picture
const widths = new Map(); // of texts, by font: measuring takes long

/** Return the width of a text in pixels. */
function widthOf(context, font, text) {
  if (!widths.has(font)) widths.set(font, new Map());
  const known = widths.get(font);
  if (!known.has(text)) {
    context.font = font;
    known.set(text, context.measureText(text).width);
  }
  return known.get(text);
}

/** Places on a canvas that labels cover already. */
export class LabelGrid {
  constructor(width, height) {
    this.columns = Math.ceil(width / CELL) + 1;
    this.rows = Math.ceil(height / CELL) + 1;
    this.taken = new Uint8Array(this.columns * this.rows);
  }

  /** Cover a rectangle, and return true; if some of it is covered, return false. */
  take(left, top, right, bottom) {
    const first = Math.max(0, Math.floor(left / CELL));
    const last = Math.min(this.columns - 1, Math.floor(right / CELL));
    const from = Math.max(0, Math.floor(top / CELL));
    const to = Math.min(this.rows - 1, Math.floor(bottom / CELL));
    for (let y = from; y <= to; y++) {
      for (let x = first; x <= last; x++) if (this.taken[y * this.columns + x]) return false;
    }
    for (let y = from; y <= to; y++) {
      this.taken.fill(1, y * this.columns + first, y * this.columns + last + 1);
    }
    return true;
  }
}

/** Draws words beside their points; the first ones win where there is no place for all. */
export class Labels {
  constructor(context, width, height) {
    this.context = context;
    this.width = width;
    this.height = height;
    this.grid = new LabelGrid(width, height);
    this.tried = 0;
  }

  get isTired() {
    return this.tried > MOST_TRIED;
  }

  /** Draw a label in `ink` with a rim of `ground`, if there is place. */
  draw(text, x, y, { font, ink, ground, distance = 6, always = false }) {
    this.tried++;
    const { context } = this;
    const width = widthOf(context, font, text);
    const right = x + distance;
    const places = [[right, y], [x - distance - width, y],
      [x - width / 2, y - distance - 7], [x - width / 2, y + distance + 7]];
    let place = places.find(([left, middle]) => this.isFree(left, middle, width));
    if (!place && always) place = places[right + width > this.width ? 1 : 0];
    if (!place) return;
    context.font = font;
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeStyle = ground;
    context.strokeText(text, ...place);
    context.fillStyle = ink;
    context.fillText(text, ...place);
  }

  /** Keep labels away from a point. */
  cover(x, y, radius) {
    this.grid.take(x - radius, y - radius, x + radius, y + radius);
  }

  /** Cover the place of a label, if it is inside and free; return whether. */
  isFree(left, y, width) {
    if (left < 2 || left + width > this.width - 2 || y < 8 || y > this.height - 8) return false;
    return this.grid.take(left - 2, y - 9, left + width + 2, y + 9);
  }
}
