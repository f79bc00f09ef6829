// The receptive field of a unit: how strongly it responds to changes of each pixel.

function field(network, unit) {
  const { fields } = network;
  if (!fields) {
    // It follows from gradients, which arrays do not have.
    return network.isArray ? null : section("Receptive field", false,
      element("p", { class: "note" }, "Undefined: sensitivity is not finite."));
  }
  const largest = fields.largest[unit];
  if (!(largest > 0)) {
    return section("Receptive field", false,
      element("p", { class: "note" }, "The unit is not sensitive to any pixel."));
  }
  const [row, column, area] = ["row", "column", "area"].map((name) =>
    value(network, `receptive-field-${name}`, unit));
  // The area is a participation ratio: not the number of pixels that have any effect.
  const extent = `area is that of ${number(area === null ? null : Math.round(area))} equally effective pixels, of ${fields.rows * fields.columns}`;
  const picture = element("div", {
    class: "field", role: "img",
    "aria-label": `Map of the sensitivity to pixels: its ${extent}; around row ${number(row)} and column ${number(column)}`,
  }, fieldCanvas(fields, unit));
  if (row !== null && column !== null) {
    const center = element("span", { class: "center" });
    center.style.top = `${(100 * (row + 0.5)) / fields.rows}%`;
    center.style.left = `${(100 * (column + 0.5)) / fields.columns}%`;
    picture.append(center);
  }
  const text = `Change of the response per unit of pixel value, from 0 to 1: mean |dz/dx| over ${fields.images} images, summed over channels. Colors have a scale for each unit. Its ${extent}; the ring is its center.`
    + (fields.step > 1 ? ` Squares are means of ${fields.step} x ${fields.step} pixels.` : "");
  const about = element("div", { class: "about" },
    ...legend({ kind: "sequential", low: 0, high: largest }, [0]),
    element("p", { class: "note" }, text));
  return section("Receptive field", true, element("div", { class: "beside" }, picture, about));
}

function fieldCanvas(fields, unit) {
  const [rows, columns] = [fields.rows, fields.columns].map((size) => Math.ceil(size / fields.step));
  const canvas = element("canvas", { width: columns, height: rows, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(columns, rows);
  const first = unit * rows * columns;
  for (let index = 0; index < rows * columns; index++) {
    const color = mixed(palettes.sequential, (fields.maps[first + index] & 255) / 255);
    pixels.data.set([...color, 255], 4 * index);
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}
