// Words as people see and type them.

const CONTROL = /[\u0000-\u001f\u007f]/g;
const CONTROL_OR_SPACE = /[\u0000-\u0020\u007f]/g;
const PICTURES = 0x2400; // Unicode's pictures of control characters: ␀ ␁ ␂ …

/** Return a text that shows a word, even an empty one or one of white space. */
export function visible(word) {
  if (word === "") return "(empty word)";
  const shown = word.toWellFormed ? word.toWellFormed() : word;
  return shown.replace(shown.trim() ? CONTROL : CONTROL_OR_SPACE, (character) =>
    character === "\u007f" ? "␡" : String.fromCharCode(PICTURES + character.charCodeAt(0)));
}

/** Return a word in lower case and without accents, for comparisons. */
export function fold(word) {
  const lower = word.toLowerCase();
  // Most words are ASCII, and normalize() takes longest.
  return /^[\0-\x7f]*$/.test(lower) ? lower : lower.normalize("NFKD").replace(/\p{Mn}/gu, "");
}

/** Return an element that shows a word; its direction does not change the text around it. */
export function wordElement(word) {
  const element = document.createElement("bdi");
  element.textContent = visible(word); // never markup
  return element;
}

/** The words of a model: look-up and completion. */
export class WordList {
  constructor(words) {
    this.words = words;
    this.rows = new Map(words.map((word, row) => [word, row]));
    this.folded = null; // computed at the first search
  }

  foldAll() {
    this.folded ??= this.words.map(fold);
    return this.folded;
  }

  /** Return the row of a word, else of the most frequent one that differs only in case. */
  find(text) {
    for (const form of [text, text.trim()]) {
      if (this.rows.has(form)) return this.rows.get(form);
    }
    return text.trim() === "" ? -1 : this.foldAll().indexOf(fold(text.trim()));
  }

  /** Return up to `limit` rows: the word itself, then words that begin with it, then others. */
  complete(text, limit) {
    const wanted = fold(text.trim());
    if (wanted === "") return [];
    const exact = this.find(text);
    const begins = [], contains = [];
    const folded = this.foldAll();
    for (let row = 0; row < folded.length && begins.length < limit; row++) {
      const position = folded[row].indexOf(wanted);
      if (row === exact || position < 0) continue;
      if (position === 0) begins.push(row);
      else if (contains.length < limit) contains.push(row);
    }
    const found = exact < 0 ? [] : [exact];
    return found.concat(begins, contains).slice(0, limit);
  }
}
