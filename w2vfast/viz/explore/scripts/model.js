// The embedded vectors: row i is steps[i] times its 8-bit codes, and has length 1 (or 0).

import { WordList } from "./words.js";

/** Return the bytes of a text in base64. */
function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Return the values of the data element. */
export function readPage() {
  const page = JSON.parse(document.getElementById("data").textContent);
  return { method: page.method, models: page.models.map((raw) => new Model(raw)) };
}

export class Model {
  constructor(raw) {
    this.name = raw.name;
    this.words = raw.words;
    this.counts = raw.counts;
    this.dimensions = raw.dimensions;
    this.list = new WordList(raw.words);
    this.codes = new Int8Array(bytesOf(raw.codes).buffer);
    this.steps = new Float32Array(bytesOf(raw.steps).buffer);
    this.places = new Int16Array(bytesOf(raw.places).buffer);
  }

  get size() {
    return this.words.length;
  }

  isZero(row) {
    return this.steps[row] === 0;
  }

  /** Return the vector of a row, of length 1 (or 0). */
  unit(row) {
    const d = this.dimensions;
    return Float32Array.from(
      this.codes.subarray(row * d, (row + 1) * d), (code) => code * this.steps[row]);
  }

  /** Return the cosines of a vector with all rows. */
  cosines(vector) {
    const { codes, steps, dimensions } = this;
    const length = Math.hypot(...vector) || 1;
    const query = vector.map((x) => x / length);
    const result = new Float32Array(this.size);
    for (let row = 0, start = 0; row < result.length; row++, start += dimensions) {
      let even = 0, odd = 0, i = 0; // two sums, which a CPU computes at the same time
      for (; i + 1 < dimensions; i += 2) {
        even += query[i] * codes[start + i];
        odd += query[i + 1] * codes[start + i + 1];
      }
      if (i < dimensions) even += query[i] * codes[start + i];
      result[row] = Math.max(-1, Math.min(1, (even + odd) * steps[row]));
    }
    return result;
  }

  /** Return the cosine of a row with a row of another model, or of this one. */
  cosine(row, other, otherRow) {
    const start = row * this.dimensions, otherStart = otherRow * this.dimensions;
    let sum = 0;
    for (let i = 0; i < this.dimensions; i++) {
      sum += this.codes[start + i] * other.codes[otherStart + i];
    }
    return sum * this.steps[row] * other.steps[otherRow];
  }

  /** Return the rows with the largest cosines: [{row, cosine}], the largest first. */
  nearest(vector, count, excluded) {
    return largest(this.cosines(vector), count, excluded);
  }
}

/** Return the `count` largest scores: [{row, cosine}], ties in order of the rows. */
export function largest(scores, count, excluded) {
  const best = [];
  let lowest = -Infinity; // of the best so far, once there are enough
  for (let row = 0; row < scores.length; row++) {
    const cosine = scores[row];
    if (cosine <= lowest || excluded.includes(row)) continue;
    let place = best.length;
    while (place > 0 && best[place - 1].cosine < cosine) place--;
    best.splice(place, 0, { row, cosine });
    if (best.length > count) best.pop();
    if (best.length === count) lowest = best[count - 1].cosine;
  }
  return best;
}
