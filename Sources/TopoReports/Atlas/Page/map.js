// A map of units: squares on a grid, or discs at their positions.

class UnitMap {
  /** Units are this large in the coordinates of the drawing. */
  static size = 10;
  /** Marks in units would be too small to read on larger maps. */
  static mostMarks = 1600;

  constructor(network) {
    this.network = network;
    const step = UnitMap.size / network.spacing;
    const points = network.positions.map(([down, across]) => [across * step, down * step]);
    const low = [0, 1].map((axis) => Math.min(...points.map((point) => point[axis])));
    const high = [0, 1].map((axis) => Math.max(...points.map((point) => point[axis])));
    this.points = points.map((point) => point.map((at, axis) => at - low[axis]));
    const margin = UnitMap.size / 2 + 1.5;
    const [width, height] = [0, 1].map((axis) => high[axis] - low[axis] + 2 * margin);
    this.shapes = this.points.map((point, unit) => this.shape(point, { "data-unit": unit }));
    this.marks = drawing("g");
    this.rings = drawing("g");
    this.root = drawing(
      "svg", { viewBox: `${-margin} ${-margin} ${width} ${height}`, "aria-hidden": "true" },
      drawing("g", {}, ...this.shapes), this.marks, this.rings);
  }

  shape([x, y], attributes) {
    const half = UnitMap.size / 2;
    if (!this.network.sheet) {
      return drawing("circle", { cx: x, cy: y, r: half * 0.9, class: "shape", ...attributes });
    }
    return drawing("rect", {
      x: x - half, y: y - half, width: 2 * half, height: 2 * half, class: "shape", ...attributes,
    });
  }

  /** Colors all units. */
  paint(scale, values) {
    const marks = [];
    const isMarked = values.length <= UnitMap.mostMarks;
    values.forEach((value, unit) => {
      const color = colorOf(scale, value);
      this.shapes[unit].setAttribute("fill", color ? css(color) : "url(#hatch)");
      if (!color || !isMarked) return;
      // Not by color alone: classes have letters, orientations a line.
      const [x, y] = this.points[unit];
      if (scale.kind === "classes") {
        marks.push(drawing("text", { x, y, class: "mark", fill: inkOn(color) }, classMarks[value] ?? ""));
      } else if (scale.kind === "cyclic") {
        marks.push(orientationLine(value, x, y, 6, { class: "orientation-mark", stroke: inkOn(color) }));
      }
    });
    this.marks.replaceChildren(...marks);
  }

  /** Rings around the selected unit and the reference, if there is one. */
  ring(selected, reference) {
    const rings = [];
    const add = (unit, kind) => {
      for (const line of ["outer", "inner"]) {
        rings.push(this.shape(this.points[unit], { class: `ring ${line} ${kind}` }));
      }
    };
    if (reference !== null && reference !== selected) add(reference, "reference");
    if (selected !== null) add(selected, "selected");
    this.rings.replaceChildren(...rings);
  }

  /** The unit of an event; null if it is not on one. */
  unitAt(event) {
    const shape = event.target.closest("[data-unit]");
    return shape ? Number(shape.dataset.unit) : null;
  }

  /** The next unit in a direction; the same one at the border. */
  next(unit, dx, dy) {
    const [x, y] = this.points[unit];
    let [best, least] = [unit, Infinity];
    this.points.forEach(([otherX, otherY], other) => {
      const ahead = (otherX - x) * dx + (otherY - y) * dy;
      const aside = Math.abs((otherX - x) * dy) + Math.abs((otherY - y) * dx);
      // Units aside count as farther, so that a column or row is followed if there is one.
      if (ahead > 1e-6 && aside <= 2 * ahead && ahead + 2 * aside < least) {
        [best, least] = [other, ahead + 2 * aside];
      }
    });
    return best;
  }
}
