// The parts of the panel about a unit. Each function returns an element, or null if the page has no
// such data. A further kind of data is a further function in `sections`.

function sections(network, unit, actions) {
  return [
    images("Largest responses", network, unit, network.best),
    images("Smallest responses", network, unit, network.worst),
    classes(network, unit), tuning(network, unit), field(network, unit),
    correlations(network, unit, actions), measures(network, unit, actions),
  ].filter(Boolean);
}

function section(title, isWide, ...children) {
  return element("section", { class: isWide ? "section wide" : "section" },
    element("h3", {}, title), ...children);
}

const boldNote = "Bold: the preferred class.";

// MARK: Images

/** The picture of all images; a blob, because each tile refers to it. */
const sprite = (() => {
  if (!atlas.images.sprite) return null;
  const bytes = signedBytes(atlas.images.sprite.png);
  return URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
})();

function images(title, network, unit, extremes) {
  if (!extremes[unit]) return null;
  const preferred = value(network, "preferred-class", unit);
  const { images, responses } = extremes[unit];
  const tiles = images.map((image, index) => {
    const label = atlas.images.labels[image];
    const name = label === undefined ? `#${atlas.images.numbers[image]}` : className(label);
    const text = `image ${atlas.images.numbers[image]}, ${label === undefined ? "" : `class ${name}, `}response ${number(responses[index])}`;
    const isPreferred = label !== undefined && label === preferred;
    const tile = element("li", { class: isPreferred ? "preferred-class" : null, title: text }, pictureOf(image, text),
      element("small", {}, name), element("small", {}, number(responses[index])));
    if (atlas.images.sprite) tile.style.minWidth = `${pictureSize().width}px`;
    return tile;
  });
  const hasBold = tiles.some((tile) => tile.className === "preferred-class");
  return section(title, true, element("ul", { class: "tiles" }, ...tiles),
    hasBold ? element("p", { class: "note" }, boldNote) : null);
}

/** The extents of a picture on the page: whole multiples of its pixels, about 56. */
function pictureSize() {
  const { height, width } = atlas.images.sprite;
  const factor = Math.max(1, Math.round(56 / Math.max(height, width)));
  return { height: factor * height, width: factor * width };
}

function pictureOf(image, text) {
  if (!sprite) return null;
  const { tilesPerRow, tileRows } = atlas.images.sprite;
  const { height, width } = pictureSize();
  const tile = element("span", { class: "tile", role: "img", "aria-label": text });
  const [row, column] = [Math.floor(image / tilesPerRow), image % tilesPerRow];
  Object.assign(tile.style, {
    width: `${width}px`, height: `${height}px`, backgroundImage: `url("${sprite}")`,
    backgroundSize: `${tilesPerRow * width}px ${tileRows * height}px`,
    backgroundPosition: `${-column * width}px ${-row * height}px`,
  });
  return tile;
}

// MARK: Classes

function classes(network, unit) {
  const means = network.classMeans[unit];
  if (!means) return null;
  const known = means.filter((mean) => mean !== null);
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
  const extent = high - low || 1;
  const preferred = value(network, "preferred-class", unit);
  const rows = means.map((mean, label) => {
    const track = element("div", { class: "bar-track" });
    if (mean !== null) {
      const bar = element("div", { class: "bar" });
      bar.style.left = `${(100 * (Math.min(mean, 0) - low)) / extent}%`;
      bar.style.width = `${(100 * Math.abs(mean)) / extent}%`;
      track.append(bar);
    }
    const zero = element("div", { class: "bar-zero" });
    zero.style.left = `${(-100 * low) / extent}%`;
    track.append(zero);
    return element("tr", { class: label === preferred ? "preferred-class" : null },
      element("th", { scope: "row" }, className(label)), element("td", {}, track),
      element("td", { class: "number" }, number(mean)));
  });
  const notes = preferred === null ? [] : [boldNote];
  // Arrays are what their program wrote.
  if (network.tuning) notes.unshift("Before the nonlinearity.");
  return section("Mean response to each class", false,
    element("table", { class: "bars" }, element("tbody", {}, ...rows)),
    notes.length ? element("p", { class: "note" }, notes.join(" ")) : null);
}

// MARK: Tuning

function tuning(network, unit) {
  if (!network.tuning) return null;
  const curve = network.tuning.curves[unit];
  const highest = Math.max(...curve);
  if (!(highest > 0)) {
    return section("Tuning to gratings", false,
      element("p", { class: "note" }, "It does not respond to any grating."));
  }
  const [left, top, width, height] = [44, 8, 260, 110];
  // The last point is the first again: orientations repeat after 180 degrees.
  const points = [...curve, curve[0]].map((response, index) => [
    left + (width * index) / curve.length, top + height * (1 - response / highest)]);
  const x = (degrees) => left + (width * degrees) / 180;
  const preferred = value(network, "grating-orientation", unit);
  const plot = drawing("svg", {
    class: "plot", viewBox: "0 0 316 152", role: "img",
    "aria-label": `Mean response to gratings by orientation, at most ${number(highest)}`
      + (preferred === null ? "" : `; its mean direction is ${number(preferred)} degrees`),
  },
  drawing("line", { class: "axis", x1: left, y1: top + height, x2: left + width, y2: top + height }),
  drawing("line", { class: "axis", x1: left, y1: top, x2: left, y2: top + height }),
  drawing("text", { x: left - 6, y: top + 8, "text-anchor": "end" }, number(highest)),
  drawing("text", { x: left - 6, y: top + height, "text-anchor": "end" }, "0"),
  ...[0, 45, 90, 135, 180].flatMap((degrees) => [
    drawing("text", { x: x(degrees), y: top + height + 16, "text-anchor": "middle" }, `${degrees}°`),
    orientationLine(degrees, x(degrees), top + height + 27, 12, { stroke: "currentColor", "stroke-width": 2 }),
  ]),
  preferred === null ? null
    : drawing("line", { class: "preferred", x1: x(preferred), y1: top, x2: x(preferred), y2: top + height }),
  drawing("polyline", { class: "curve", points: points.map((point) => point.join(",")).join(" ") }),
  ...points.map(([cx, cy]) => drawing("circle", { class: "dot", cx, cy, r: 2.6 })));
  return section("Tuning to gratings", false, plot, element("p", { class: "note" },
    `After ReLU, mean over phases, at the wavelength of the largest response: ${number(network.tuning.wavelengths[unit])} pixels.`
    + (preferred === null ? "" : " Dashed: the mean direction of the curve.")));
}

// MARK: Correlations

function correlations(network, unit, actions) {
  if (!network.correlations) {
    return section("Correlations", false, element("p", { class: "note" },
      "They are not part of the page: there are too many units, or responses are not finite."));
  }
  const values = network.positions.map((_, other) => correlation(network, unit, other));
  if (values[unit] === null) {
    return section("Correlations", false,
      element("p", { class: "note" }, "Undefined: the responses of the unit are constant."));
  }
  const map = new UnitMap(network);
  map.paint(correlationScale, values);
  map.ring(unit, null);
  map.root.setAttribute("class", "small-map");
  const others = values.map((value, other) => [other, value])
    .filter(([other, value]) => other !== unit && value !== null).sort((a, b) => b[1] - a[1]);
  const list = (pairs) => pairs.flatMap(([other, value], index) => [
    index ? ", " : " ", button(`unit ${other}`, "Select it.", () => actions.select(other)),
    ` (${number(+value.toFixed(2))})`]);
  const about = element("div", { class: "about" }, ...legend(correlationScale, values));
  if (others.length > 0) {
    about.append(
      element("p", { class: "note" }, "Largest:", ...list(others.slice(0, 3)), "."),
      element("p", { class: "note" }, "Smallest:", ...list(others.slice(-3).reverse()), "."));
  }
  return section("Correlations with all units", true,
    element("div", { class: "beside" }, map.root, about));
}

function button(text, title, action) {
  const found = element("button", { type: "button", class: "link", title }, text);
  found.addEventListener("click", action);
  return found;
}

// MARK: Measures

function measures(network, unit, actions) {
  const rows = atlas.measures.map((measure, index) => {
    const found = network.columns[index].values[unit] ?? null;
    const name = button(measure.name, `${measure.formula}. Color the map by it.`, () =>
      actions.choose(String(index)));
    const text = found !== null && measure.unit === "class" ? className(found) : number(found);
    return element("tr", {}, element("th", { scope: "row" }, name),
      found === null
        ? element("td", { class: "reason" }, `undefined: ${reason(network, index, unit)}`)
        : element("td", {}, text, unitName(measure) && ` ${unitName(measure)}`));
  });
  const half = Math.ceil(rows.length / 2);
  const table = (part) => element("table", { class: "measures" }, element("tbody", {}, ...part));
  return section("All measures", true,
    element("div", { class: "two-columns" }, table(rows.slice(0, half)), table(rows.slice(half))));
}
