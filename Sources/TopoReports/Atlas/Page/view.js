// A network: its map, and the panel about the selected unit.

class View {
  /**
   * @param page what all views share: `coloring`, `choose(coloring)` and `selected(view, unit)`.
   * @param index of the first network.
   */
  constructor(page, index, isOptional) {
    this.page = page;
    this.root = document.getElementById("view-template").content.firstElementChild.cloneNode(true);
    this.find = (selector) => this.root.querySelector(selector);
    this.menu(index, isOptional);
    this.keys();
    this.find(".pin").addEventListener("click", () => this.pin());
    this.show(index);
  }

  menu(index, isOptional) {
    const menu = this.find("select.network");
    if (isOptional) menu.append(element("option", { value: -1 }, "none"));
    atlas.networks.forEach((network, place) =>
      menu.append(element("option", { value: place }, network.name)));
    menu.value = index;
    if (atlas.networks.length === 1) this.find(".network-choice").hidden = true;
    menu.addEventListener("change", () => {
      this.show(Number(menu.value));
      this.page.arrange();
    });
  }

  /** Shows a network; -1 for none. */
  show(index) {
    this.network = atlas.networks[index] ?? null;
    for (const selector of [".map", ".readout", ".legend", ".keys", ".panel"]) {
      this.find(selector).hidden = !this.network;
    }
    if (!this.network) return;
    this.map = new UnitMap(this.network);
    this.hovered = null;
    this.reference = null;
    const box = this.find(".map");
    box.replaceChildren(this.map.root);
    box.setAttribute("aria-label", `Map of ${this.network.units} units of ${this.network.name}. Arrow keys move, Enter keeps a unit as the reference.`);
    this.map.root.addEventListener("pointermove", (event) => this.hover(this.map.unitAt(event)));
    this.map.root.addEventListener("pointerleave", () => this.hover(null));
    this.map.root.addEventListener("click", (event) => {
      const unit = this.map.unitAt(event);
      if (unit !== null) this.select(unit);
    });
    // The same place as in the network before, if there is such a unit.
    this.select(Math.min(this.unit ?? this.start(), this.network.units - 1));
    this.paint();
  }

  /** The unit that is selected at first: one in the middle of the map. */
  start() {
    const middle = [0, 1].map((axis) =>
      this.map.points.reduce((sum, point) => sum + point[axis], 0) / this.network.units);
    const distance = (unit) => Math.hypot(...this.map.points[unit].map((at, axis) => at - middle[axis]));
    return this.map.points.reduce((best, _, unit) => (distance(unit) < distance(best) ? unit : best), 0);
  }

  keys() {
    const box = this.find(".map");
    box.tabIndex = 0;
    // An application gets arrow keys from screen readers; the summary is what they read.
    box.setAttribute("role", "application");
    box.setAttribute("aria-roledescription", "map of units");
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (moves[event.key]) this.select(this.map.next(this.unit, ...moves[event.key]));
      else if (event.key === "Home") this.select(0);
      else if (event.key === "End") this.select(this.network.units - 1);
      // By number: units may lie on top of one another.
      else if (event.key === "PageUp") this.select(Math.max(this.unit - 1, 0));
      else if (event.key === "PageDown") this.select(Math.min(this.unit + 1, this.network.units - 1));
      else if (event.key === "Enter" || event.key === " ") this.pin();
      else if (event.key === "Escape" && this.reference !== null) this.pin(null);
      else return;
      event.preventDefault();
    });
  }

  hover(unit) {
    if (unit === this.hovered) return;
    this.hovered = unit;
    if (this.page.coloring === "correlation" && this.reference === null) this.paint();
    else this.read();
  }

  /** Selects a unit whose button in the panel is about to be replaced: the map gets its focus. */
  selectAndFocus(unit) {
    this.select(unit);
    this.find(".map").focus({ preventScroll: true });
  }

  select(unit, isShared = true) {
    this.unit = unit;
    this.repaint();
    this.describe();
    if (isShared) this.page.selected(this, unit);
  }

  /** Keeps the selected unit as the reference, or lets go of it. */
  pin(unit = this.reference === this.unit ? null : this.unit) {
    this.reference = unit;
    this.repaint();
    this.describe();
  }

  // MARK: Colors

  /** The unit whose correlations the map shows. */
  get source() { return this.reference ?? this.hovered ?? this.unit; }

  get scale() {
    return this.page.coloring === "correlation"
      ? correlationScale : atlas.measures[this.page.coloring].scale;
  }

  get values() {
    const { network, page } = this;
    return page.coloring === "correlation"
      ? network.positions.map((_, unit) => correlation(network, this.source, unit))
      : network.columns[page.coloring].values;
  }

  paint() {
    if (!this.network) return;
    const values = this.values;
    this.map.paint(this.scale, values);
    this.map.ring(this.unit, this.reference);
    this.find(".legend").replaceChildren(...legend(this.scale, values));
    this.read();
  }

  /** Colors of measures do not depend on the selected unit, and large maps take time. */
  repaint() {
    if (this.page.coloring === "correlation") return this.paint();
    this.map.ring(this.unit, this.reference);
    this.read();
  }

  /** The line below the map: the value of the unit under the pointer. */
  read() {
    const { network, page } = this;
    const unit = this.hovered ?? this.unit;
    const found = this.values[unit];
    let text;
    if (page.coloring === "correlation") {
      text = `correlation with unit ${this.source}: ${number(found)}`;
    } else {
      const measure = atlas.measures[page.coloring];
      text = `${measure.name}: ` + (found === null
        ? `undefined, ${reason(network, page.coloring, unit)}`
        : measure.unit === "class" ? className(found) : number(found));
    }
    const name = place(network, unit);
    this.find(".readout").textContent = `${name[0].toUpperCase()}${name.slice(1)}. ${text}`;
  }

  describe() {
    const { network, unit } = this;
    const name = place(network, unit);
    this.find("h2").textContent = `${name[0].toUpperCase()}${name.slice(1)}`;
    this.find(".summary").textContent = describe(network, unit, this.reference);
    const pin = this.find(".pin");
    pin.setAttribute("aria-pressed", String(this.reference === unit));
    pin.textContent = this.reference === unit ? "Is the reference" : "Keep as reference";
    this.find(".sections").replaceChildren(
      ...sections(network, unit, {
        choose: (coloring) => this.page.choose(coloring),
        select: (other) => this.selectAndFocus(other),
      }));
  }
}
