// Uses a page as a person would, and reports to the page around its frame.
const find = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
let checks = 0;

function check(isTrue, what) {
  checks += 1;
  if (!isTrue) failures.push(what);
}

function press(key) {
  find(".map").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

function choose(menu, value) {
  menu.value = value;
  menu.dispatchEvent(new Event("change", { bubbles: true }));
}

const fills = () => all(".map [data-unit]").map((shape) => shape.getAttribute("fill")).join();
const heading = () => find(".panel h2").textContent;
const pointer = (shape, kind) => shape.dispatchEvent(new PointerEvent(kind, { bubbles: true }));

function checkSelection() {
  press("Home");
  const first = heading();
  const summary = find(".summary").textContent;
  const sections = find(".sections").textContent;
  check(/^Unit 0\b/.test(first), `Home selects ${first}`);
  press("ArrowRight");
  check(heading() !== first, "the right arrow does not select another unit");
  check(find(".sections").textContent !== sections, "the panel does not follow the selection");
  check(find(".readout").textContent.startsWith(heading()), "the line below the map does not follow");
  press("ArrowLeft");
  check(heading() === first && find(".summary").textContent === summary, "no way back");
  press("ArrowUp");
  check(heading() === first || !first.includes("row"), "the selection leaves the sheet");
  press("End");
  const last = all(".view")[0].querySelectorAll(".map [data-unit]").length - 1;
  check(heading().startsWith(`Unit ${last}`), `End selects ${heading()}`);
  press("PageUp");
  check(heading().startsWith(`Unit ${last - 1}`), `Page Up selects ${heading()}`);
  find('.map [data-unit="1"]').dispatchEvent(new MouseEvent("click", { bubbles: true }));
  check(heading().startsWith("Unit 1"), "a click selects nothing");
  find(".map").focus();
  check(document.activeElement === find(".map"), "the map takes no focus");
  check(find(".summary").getAttribute("aria-live") === "polite", "the summary is not announced");
}

function checkPin() {
  choose(find("#coloring"), "correlation");
  press("Home");
  const free = fills();
  pointer(find('.map [data-unit="3"]'), "pointermove");
  check(fills() !== free, "correlations do not follow the pointer");
  find(".map svg").dispatchEvent(new PointerEvent("pointerleave"));
  check(fills() === free, "correlations stay with the pointer");
  press("Enter");
  check(find(".pin").getAttribute("aria-pressed") === "true", "Enter keeps no reference");
  press("ArrowRight");
  check(fills() === free, "correlations leave the reference");
  check(find(".summary").textContent.includes("correlation with unit 0"), "no correlation in words");
  press("Escape");
  check(fills() !== free, "Escape does not let go of the reference");
}

function checkColorings() {
  const colorings = [...find("#coloring").options].map((option) => option.value);
  check(colorings.length > 10, `${colorings.length} colorings`);
  const seen = new Set();
  for (const coloring of colorings) {
    choose(find("#coloring"), coloring);
    seen.add(fills());
    check(!fills().includes("NaN") && !fills().includes("null"), `${coloring} has colors ${fills().slice(0, 80)}`);
    check(find(".legend").textContent.length > 0, `${coloring} has no legend`);
    check(!find("main").textContent.includes("NaN"), `${coloring} shows NaN`);
  }
  check(seen.size > colorings.length / 2, "colorings look alike");
  choose(find("#coloring"), colorings[0]);
}

/** Networks have receptive fields, arrays have none. */
function checkFields() {
  const isArray = atlasData().networks[0].isArray;
  const panel = find(".sections");
  const canvas = panel.querySelector(".field canvas");
  const hasField = panel.textContent.includes("Receptive field");
  check(hasField !== isArray, isArray ? "arrays have a receptive field" : "no receptive field");
  if (isArray) return check(!canvas, "arrays have a map of sensitivity");
  press("Home");
  const pictures = new Set();
  for (let unit = 0; unit < 3; unit++) {
    const shown = find(".sections .field canvas");
    if (shown) {
      const { data } = shown.getContext("2d").getImageData(0, 0, shown.width, shown.height);
      check(new Set(data).size > 4, `the receptive field of unit ${unit} is flat`);
      pictures.add(data.join());
      const { width, height } = shown.getBoundingClientRect();
      check(Math.abs(width / height - shown.width / shown.height) < 0.05, `${width} x ${height}`);
      check(find(".field").getAttribute("aria-label").includes("equally effective pixels"), "no field in words");
      check(find(".field + .about .ticks").textContent.length > 1, "the field has no scale");
    } else {
      check(panel.textContent.includes("not sensitive to any pixel"), "no field and no reason");
    }
    press("ArrowRight");
  }
  check(pictures.size > 1, "receptive fields of units are the same");
}

/** Sentences and captions agree with the values of each unit. */
function checkWords() {
  const data = atlasData();
  const network = data.networks[0];
  const column = (name) => data.measures.findIndex((measure) => measure.name === name);
  const valueOf = (name, unit) => (column(name) < 0 ? null : network.columns[column(name)].values[unit]);
  const hasLabels = data.images.labels.length > 0;
  press("Home");
  for (let unit = 0; unit < network.positions.length; unit++) {
    const summary = find(".summary").textContent;
    const selectivity = valueOf("grating-global-selectivity", unit);
    if (valueOf("grating-orientation", unit) !== null) {
      check(summary.includes("hardly prefers any orientation") === selectivity < 0.1, `unit ${unit}, selectivity ${selectivity}: ${summary}`);
      check(summary.includes("prefers gratings at") === selectivity >= 0.1, `unit ${unit} has both orientations or none`);
    }
    const preferred = valueOf("preferred-class", unit);
    const bold = all(".bars .preferred-class th").map((cell) => cell.textContent).join();
    if (hasLabels) {
      const expected = preferred === null ? "" : data.classes[preferred] ?? String(preferred);
      check(bold === expected, `unit ${unit} prefers ${expected}, but ${bold} is bold`);
      check(summary.includes("images with the largest responses"), "no largest responses in words");
    } else {
      const names = all(".tiles small:first-of-type").map((name) => name.textContent);
      check(names.length > 0 && names.every((name) => /^#\d+$/.test(name)), `images are called ${names}`);
    }
    check(!find(".sections").textContent.includes("^2"), "a power without a superscript");
    press("PageDown");
  }
}

const atlasData = () => JSON.parse(document.getElementById("data").textContent);

function checkThemes() {
  const paper = () => getComputedStyle(document.body).backgroundColor;
  const before = paper();
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  check((before === "rgb(255, 255, 255)") !== isDark, `the system's theme gives ${before}`);
  find("#theme").click();
  check(paper() !== before, "the theme does not change");
  find("#theme").click();
  check(paper() === before, "the theme does not change back");
}

function checkLayout() {
  const root = document.documentElement;
  check(root.scrollWidth <= root.clientWidth, `${root.scrollWidth} wide at ${root.clientWidth}`);
  const map = find(".map svg").getBoundingClientRect();
  check(map.width > 150 && map.height > 50, `a map of ${map.width} x ${map.height}`);
  for (const control of all("select, input")) {
    check(control.labels.length > 0, `${control.id || control.className} has no label`);
  }
  check(all("[role=img]").every((picture) => picture.getAttribute("aria-label")), "pictures without text");
}

function checkNetworks() {
  const views = all(".view");
  if (views.length < 2) return;
  const options = views[1].querySelector("select.network").options.length;
  choose(views[1].querySelector("select.network"), "-1");
  check(find("#views").className === "one", "the second network stays");
  choose(views[1].querySelector("select.network"), String(options - 2));
  check(find("#views").className === "two", "the second network does not come back");
  find("#link").click();
  press("Home");
  check(views[1].querySelector("h2").textContent.startsWith("Unit 0"), "units are not linked");
}

addEventListener("load", () => {
  for (const part of [
    checkSelection, checkPin, checkColorings, checkFields, checkWords, checkThemes, checkLayout, checkNetworks, checkLayout,
  ]) {
    try { part(); } catch (error) { failures.push(`${part.name}: ${error.stack}`); }
  }
  parent.postMessage(failures.length ? failures.join("; ") : `passed ${checks} checks`, "*");
});
