// Elements from data. Texts become text nodes, never HTML: names of classes and networks are those
// of other people's files.

function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function drawing(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** A line at an orientation in degrees: 0 is horizontal, 90 vertical, and y points down. */
function orientationLine(degrees, x, y, length, attributes) {
  const angle = (degrees * Math.PI) / 180;
  const [dx, dy] = [(Math.cos(angle) * length) / 2, (Math.sin(angle) * length) / 2];
  return drawing("line", { x1: x - dx, y1: y - dy, x2: x + dx, y2: y + dy, ...attributes });
}
