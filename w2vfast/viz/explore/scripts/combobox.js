// A text field with completion: the pattern "combobox" of the ARIA Authoring Practices.

import { wordElement } from "./words.js";

const SHOWN = 8;

export class Combobox {
  /** Turn an input into a combobox over a word list; `chosen` is called with a word. */
  constructor(input, list, chosen) {
    this.input = input;
    this.list = list;
    this.chosen = chosen;
    this.active = -1;
    this.chosenRow = -1; // a field cannot hold every word, such as one with a line break
    this.box = document.createElement("ul");
    this.box.id = `${input.id}-list`;
    this.box.setAttribute("role", "listbox");
    this.box.setAttribute("aria-label", "Words that match");
    this.box.hidden = true;
    input.after(this.box);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": this.box.id, autocomplete: "off", autocapitalize: "none",
      spellcheck: "false",
    })) input.setAttribute(name, value);
    input.addEventListener("input", () => {
      this.chosenRow = -1;
      this.setInvalid(false);
      this.open();
    });
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("blur", () => this.close());
    // pointerdown would take the focus from the field, and close the list
    this.box.addEventListener("pointerdown", (event) => event.preventDefault());
    this.box.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(Number(option.dataset.row));
    });
  }

  get isOpen() {
    return !this.box.hidden;
  }

  open() {
    const rows = this.list.complete(this.input.value, SHOWN);
    this.box.replaceChildren(...rows.map((row, i) => this.option(row, i)));
    this.box.hidden = rows.length === 0;
    this.input.setAttribute("aria-expanded", String(this.isOpen));
    this.activate(-1);
  }

  option(row, number) {
    const option = document.createElement("li");
    option.id = `${this.box.id}-${number}`;
    option.dataset.row = row;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const rank = document.createElement("small");
    rank.textContent = `#${(row + 1).toLocaleString("en")}`;
    option.append(wordElement(this.list.words[row]), rank);
    return option;
  }

  close() {
    this.box.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.activate(-1);
  }

  /** Mark an option; -1 marks none. */
  activate(number) {
    this.active = number;
    [...this.box.children].forEach((option, i) =>
      option.setAttribute("aria-selected", String(i === number)));
    const option = this.box.children[number];
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  choose(row) {
    this.fill(row);
    this.close();
    this.chosen(this.input);
  }

  onKey(event) {
    const count = this.box.children.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!this.isOpen) return this.open();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place more than there are options: the field itself.
      this.activate(((this.active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && this.isOpen && this.active >= 0) {
      event.preventDefault();
      this.choose(Number(this.box.children[this.active].dataset.row));
    } else if (event.key === "Enter") {
      this.close(); // the form is submitted
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Escape") {
      this.type("");
    }
  }

  fill(row) {
    this.input.value = this.list.words[row];
    this.chosenRow = row;
    this.setInvalid(false);
  }

  /** Show a text that may be no word. */
  type(text) {
    this.input.value = text;
    this.chosenRow = -1;
  }

  /** Mark the field as wrong; the message of the page says why. */
  setInvalid(isInvalid) {
    for (const [name, value] of [["aria-invalid", "true"], ["aria-describedby", "message"]]) {
      if (isInvalid) this.input.setAttribute(name, value);
      else this.input.removeAttribute(name);
    }
  }

  /** Return the row of the typed word; -1 if there is none. */
  row() {
    return this.chosenRow >= 0 ? this.chosenRow : this.list.find(this.input.value);
  }
}
