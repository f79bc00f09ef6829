"use strict";
// Before anything else of the page: what goes wrong is remembered.
window.problems = [];
addEventListener("error", (event) => window.problems.push(`error: ${event.message}`));
addEventListener("unhandledrejection", (event) => window.problems.push(`rejection: ${event.reason}`));
for (const name of ["error", "warn"]) {
  console[name] = (...texts) => window.problems.push(`console.${name}: ${texts.join(" ")}`);
}
