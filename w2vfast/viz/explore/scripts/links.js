// Permanent links: the part of the address after # names a view and its words.

const VIEWS = {
  word: ["word"],
  analogy: ["a", "b", "c"],
  compare: ["compare", "with"],
  moved: ["moved"],
};

/** Return {view, values} of an address, such as #word=king; null if it names no view. */
export function parseLink(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  for (const [view, names] of Object.entries(VIEWS)) {
    if (names.every((name) => given.has(name))) {
      return { view, values: names.map((name) => given.get(name)) };
    }
  }
  return null;
}

/** Return the address of a view. Half surrogates become U+FFFD. */
export function linkTo(view, values) {
  const names = VIEWS[view];
  return "#" + new URLSearchParams(values.map((value, i) => [names[i], value]));
}
