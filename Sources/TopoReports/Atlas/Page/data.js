// The data of the page: JSON that the program put beside this script.

const atlas = readAtlas();

function readAtlas() {
  const data = JSON.parse(document.getElementById("data").textContent);
  for (const network of data.networks) {
    network.units = network.positions.length;
    if (network.correlations) network.correlations = signedBytes(network.correlations);
    if (network.fields) network.fields.maps = signedBytes(network.fields.maps);
  }
  return data;
}

function signedBytes(base64) {
  const text = atob(base64);
  const values = new Int8Array(text.length);
  for (let index = 0; index < text.length; index++) values[index] = text.charCodeAt(index);
  return values;
}

/** The correlation of two units; null if it is undefined or not part of the page. */
function correlation(network, first, second) {
  if (!network.correlations) return null;
  const [a, b] = first < second ? [first, second] : [second, first];
  // Rows of the upper triangle, with its diagonal.
  const value = network.correlations[a * network.units - (a * (a - 1)) / 2 + b - a];
  return value === -128 ? null : value / 127;
}

/** The value of a measure of a unit; null if it is undefined. */
function value(network, name, unit) {
  const index = atlas.measures.findIndex((measure) => measure.name === name);
  return index < 0 ? null : network.columns[index].values[unit] ?? null;
}

/** Why a measure of a unit is undefined. */
function reason(network, index, unit) {
  const found = Object.entries(network.columns[index].reasons).find(([, units]) =>
    units.includes(unit));
  return found ? found[0] : "not measured";
}

/** Short names of classes, which fit into a unit of a map and differ from each other. */
const classMarks = (() => {
  const short = atlas.classes.map((name) => name.slice(0, 2));
  const isDistinct = new Set(short).size === short.length;
  return isDistinct ? short : atlas.classes.map((_, index) => String(index));
})();

function className(label) {
  return atlas.classes[label] ?? String(label);
}

/** The unit of the values of a measure; empty for plain numbers and classes. */
function unitName(measure) {
  return ["1", "class"].includes(measure.unit) ? "" : measure.unit.replace("^2", "²");
}

/** A number with three significant digits. */
function number(value) {
  if (value === null || value === undefined) return "–";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value).replace("-", "−");
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-4 ? value.toExponential(2) : String(+value.toPrecision(3));
  return text.replace("-", "−");
}
