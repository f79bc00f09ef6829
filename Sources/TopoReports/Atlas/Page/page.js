// What all views share: the coloring, the theme, and whether they select the same unit.

const page = {
  coloring: atlas.measures.length ? 0 : "correlation",
  views: [],

  /** Colors all maps by a measure, given by its number, or by "correlation". */
  choose(coloring) {
    this.coloring = coloring === "correlation" ? coloring : Number(coloring);
    document.getElementById("coloring").value = coloring;
    const measure = atlas.measures[this.coloring];
    document.getElementById("formula").textContent = measure
      ? `${measure.name}: ${measure.formula}${unitName(measure) && `, in ${unitName(measure)}`}`
      : "Pearson correlation over images with the unit under the pointer, or else with the selected "
        + "unit, or with the reference if one is kept";
    for (const view of this.views) view.paint();
  },

  /** A unit was selected in a view. */
  selected(view, unit) {
    if (!document.getElementById("link").checked) return;
    for (const other of this.views) {
      if (other !== view && other.network && unit < other.network.units) other.select(unit, false);
    }
  },

  /** One view beside its panel, or two beside each other. */
  arrange() {
    const shown = this.views.filter((view) => view.network);
    document.getElementById("views").className = shown.length > 1 ? "two" : "one";
    document.getElementById("link-choice").hidden = shown.length < 2;
  },
};

function fillColorings() {
  const menu = document.getElementById("coloring");
  const option = (measure, index) => element("option", { value: index }, measure.name);
  const all = atlas.measures.map(option);
  const group = (label, isIn) => {
    const found = all.filter((_, index) => isIn(atlas.measures[index]));
    if (found.length) menu.append(element("optgroup", { label }, ...found));
  };
  group("Classes", (measure) => measure.scale.kind === "classes");
  menu.append(element("optgroup", { label: "Correlation" },
    element("option", { value: "correlation" }, "correlation with a unit")));
  group("Orientations", (measure) => measure.scale.kind === "cyclic");
  group("Numbers", (measure) => !["classes", "cyclic"].includes(measure.scale.kind));
  menu.addEventListener("change", () => page.choose(menu.value));
}

/** The theme is that of the system until the button is pressed. */
function listenToTheme() {
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    show();
  });
  system.addEventListener("change", show);
  show();
}

fillColorings();
listenToTheme();
page.views.push(new View(page, 0, false));
if (atlas.networks.length > 1) {
  // Of another condition, if there is one.
  const other = atlas.networks.findIndex(
    (network) => network.condition !== atlas.networks[0].condition);
  page.views.push(new View(page, Math.max(other, 1), true));
}
document.getElementById("views").append(...page.views.map((view) => view.root));
page.arrange();
page.choose(String(page.coloring));
