// From values to colors. The stops are those of the maps that `toposheet map` draws.

const palettes = Object.fromEntries(
  Object.entries(atlas.palette).map(([name, colors]) => [name, colors.map(channels)]));

function channels(hex) {
  return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
}

/** The color at a share of a palette, 0 to 1; values beyond are clipped. */
function mixed(stops, share) {
  const place = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const first = Math.min(Math.floor(place), stops.length - 2);
  return stops[first].map((low, channel) =>
    Math.round(low + (stops[first + 1][channel] - low) * (place - first)));
}

/** The color of a value as red, green and blue; null if it is undefined. */
function colorOf(scale, value) {
  if (value === null) return null;
  switch (scale.kind) {
    case "classes": return palettes.classes[value % palettes.classes.length];
    case "cyclic": return mixed(palettes.cyclic, (value / scale.high) % 1);
    case "diverging": return mixed(palettes.diverging, (value / scale.high + 1) / 2);
    default: {
      const extent = scale.high - scale.low;
      return mixed(palettes.sequential, extent > 0 ? (value - scale.low) / extent : 0.5);
    }
  }
}

function css(color) {
  return `rgb(${color.join(" ")})`;
}

/** Black or white, whichever is easier to read on a color. */
function inkOn(color) {
  const [red, green, blue] = color.map((channel) => (channel / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.19 ? "#000" : "#fff";
}

const correlationScale = { kind: "diverging", low: -1, high: 1 };
