// Tabs: the pattern "tabs" of the ARIA Authoring Practices. Arrow keys move between them.

export class Tabs {
  /** `changed` is called with the name of the tab that a person chooses. */
  constructor(element, changed) {
    this.tabs = [...element.querySelectorAll("[role=tab]")].filter((tab) => !tab.hidden);
    for (const tab of this.tabs) {
      tab.addEventListener("click", () => {
        if (this.name(tab) === this.shown) return;
        this.show(this.name(tab));
        changed(this.name(tab));
      });
    }
    element.addEventListener("keydown", (event) => this.onKey(event));
    this.show(this.name(this.tabs[0]));
  }

  name(tab) {
    return tab.id.replace("tab-", "");
  }

  show(name) {
    for (const tab of this.tabs) {
      const isChosen = this.name(tab) === name;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !isChosen;
    }
    this.shown = name;
  }

  onKey(event) {
    const places = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
    if (!(event.key in places)) return;
    event.preventDefault();
    const count = this.tabs.length;
    const now = this.tabs.findIndex((tab) => this.name(tab) === this.shown);
    const step = places[event.key];
    const next = Number.isFinite(step) ? (now + step + count) % count : step < 0 ? 0 : count - 1;
    this.tabs[next].focus();
    this.tabs[next].click();
  }
}
