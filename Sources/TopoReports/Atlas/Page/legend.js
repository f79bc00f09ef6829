// What the colors of a map mean.

function legend(scale, values) {
  const missing = values.filter((value) => value === null).length;
  const parts = [scale.kind === "classes" ? classLegend(values) : gradientLegend(scale, values)];
  if (missing > 0) {
    parts.push(element("p", { class: "undefined-note" },
      drawing("svg", { class: "swatch", viewBox: "0 0 17 15", "aria-hidden": "true" },
        drawing("rect", { width: 17, height: 15, fill: "url(#hatch)" })),
      ` undefined: ${missing} of ${values.length} units`));
  }
  return parts;
}

function classLegend(values) {
  const counts = new Map();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  // Classes that no unit prefers are worth seeing, too, unless there are very many.
  if (atlas.classes.length <= 20) {
    atlas.classes.forEach((_, label) => counts.set(label, counts.get(label) ?? 0));
  }
  const labels = [...counts.keys()].sort((a, b) => a - b);
  return element("ul", { "aria-label": "Units of each class" }, ...labels.map((label) => {
    const color = palettes.classes[label % palettes.classes.length];
    const swatch = element("span", { class: "swatch" }, classMarks[label] ?? String(label));
    swatch.style.background = css(color);
    swatch.style.color = inkOn(color);
    const name = className(label) === classMarks[label] ? "" : ` ${className(label)}`;
    return element("li", {}, swatch, `${name} × ${counts.get(label)}`);
  }));
}

function gradientLegend(scale, values) {
  const stops = palettes[scale.kind];
  const bar = element("div", { class: "gradient", "aria-hidden": "true" });
  bar.style.background = `linear-gradient(to right, ${stops.map(css).join(", ")})`;
  if (scale.kind === "cyclic") {
    const ticks = [0, 45, 90, 135, 180].map((degrees) =>
      element("span", {}, `${degrees}° `, drawing("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" },
        orientationLine(degrees, 7, 7, 11, { stroke: "currentColor", "stroke-width": 2 }))));
    return element("div", {}, bar, element("div", { class: "ticks" }, ...ticks));
  }
  const known = values.filter((value) => value !== null);
  const low = scale.kind === "diverging" ? -scale.high : scale.low;
  // A few extreme values share the last color.
  const below = known.some((value) => value < low) ? "≤ " : "";
  const above = known.some((value) => value > scale.high) ? "≥ " : "";
  const ticks = low === scale.high
    ? ["", number(low), ""]
    : [below + number(low), number((low + scale.high) / 2), above + number(scale.high)];
  return element("div", {}, bar,
    element("div", { class: "ticks" }, ...ticks.map((tick) => element("span", {}, tick))));
}
