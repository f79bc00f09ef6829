// Units in words, for everybody and for screen readers.

function place(network, unit) {
  if (!network.sheet) return `unit ${unit}`;
  const columns = network.sheet[1];
  return `unit ${unit}, row ${Math.floor(unit / columns)}, column ${unit % columns}`;
}

/** Some sentences about a unit. */
function describe(network, unit, reference) {
  const sentences = [preference(network, unit), best(network, unit), orientation(network, unit)];
  const active = value(network, "active-images", unit);
  if (active !== null) sentences.push(`Its response is above 0 for ${number(+(100 * active).toPrecision(3))} % of images.`);
  if (reference !== null && reference !== unit) {
    sentences.push(`Its correlation with ${place(network, reference)} is ${number(correlation(network, reference, unit))}.`);
  }
  return sentences.filter(Boolean).join(" ");
}

function preference(network, unit) {
  const label = value(network, "preferred-class", unit);
  if (label === null) return atlas.classes.length ? "It prefers no class." : "";
  const dPrime = value(network, "preferred-d-prime", unit);
  return `It prefers the class ${className(label)}${dPrime === null ? "" : ` (d′ ${number(dPrime)})`}.`;
}

function best(network, unit) {
  const images = network.best[unit]?.images ?? [];
  if (!images.length || !atlas.images.labels.length) return "";
  const counts = new Map();
  for (const image of images) {
    const label = atlas.images.labels[image];
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const [label, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
  if (images.length === 1) return `Its best image is of the class ${className(label)}.`;
  return `Of its ${images.length} images with the largest responses, ${count} are of the class ${className(label)}.`;
}

function orientation(network, unit) {
  const degrees = value(network, "grating-orientation", unit);
  if (degrees === null) return "";
  const selectivity = value(network, "grating-global-selectivity", unit);
  // A direction can be computed of any curve, however flat it is.
  return selectivity !== null && selectivity < 0.1
    ? `It hardly prefers any orientation of gratings (selectivity ${number(selectivity)}).`
    : `It prefers gratings at ${number(degrees)}° (selectivity ${number(selectivity)}).`;
}
