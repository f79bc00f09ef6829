"use strict";
// Uses a report with keys and the pointer, and says what is wrong with it.
(() => {
  const problems = [];
  const check = (isRight, what) => { if (!isRight) problems.push(what); };
  addEventListener("load", () => {
    problems.push(...(window.problems ?? []));
    const width = document.documentElement.clientWidth;
    check(document.documentElement.scrollWidth <= width, `page is wider than ${width}`);
    check(document.querySelectorAll("h1").length === 1, "one heading");
    for (const link of document.querySelectorAll("nav a")) {
      check(document.getElementById(link.hash.slice(1)), `no target of ${link.hash}`);
    }
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    check(new Set(ids).size === ids.length, "ids are unique");
    check(window.broken === undefined, "a name of the results ran as a script");
    check(document.querySelectorAll("main b").length === 0, "a name of the results became an element");
    const verdicts = [...document.querySelectorAll(".badge")].map((badge) => badge.textContent);
    check(verdicts.includes("supported"), "a verdict: supported");
    check(verdicts.includes("undecided"), "a verdict: undecided");
    const figures = [...document.querySelectorAll("figure")];
    check(figures.length > 15, `${figures.length} figures`);
    for (const figure of figures) {
      for (const picture of figure.querySelectorAll(".panels svg")) {
        const box = picture.getBoundingClientRect();
        check(box.width > 100 && box.right <= width + 1, `${figure.id}: panel from ${box.left} to ${box.right}`);
        check(picture.querySelector("title"), `${figure.id}: title`);
        check(!/NaN|Infinity/.test(picture.outerHTML), `${figure.id}: not a number`);
        const frame = picture.getBoundingClientRect();
        for (const text of picture.querySelectorAll("text")) {
          const place = text.getBoundingClientRect();
          check(place.left >= frame.left - 2 && place.right <= frame.right + 2
            && place.top >= frame.top - 2 && place.bottom <= frame.bottom + 2,
            `${figure.id}: "${text.textContent}" leaves its panel`);
        }
      }
    }
    // Tables are sorted by a click, there and back.
    const table = document.querySelector("section[id$='-tables'] table.sortable");
    const column = [...table.tHead.rows[0].cells].findIndex((head) => head.textContent.startsWith("accuracy"));
    const values = () => [...table.tBodies[0].rows].map((row) => Number(row.cells[column].dataset.value));
    const button = table.tHead.rows[0].cells[column].querySelector("button");
    button.click();
    check(values().every((value, index, all) => index === 0 || all[index - 1] <= value), "ascending");
    button.click();
    check(values().every((value, index, all) => index === 0 || all[index - 1] >= value), "descending");
    check(table.tHead.rows[0].cells[column].getAttribute("aria-sort") === "descending", "aria-sort");
    // The theme is a button, too.
    const theme = document.getElementById("theme");
    const before = getComputedStyle(document.body).backgroundColor;
    theme.focus();
    check(document.activeElement === theme, "keys reach the theme");
    theme.click();
    check(getComputedStyle(document.body).backgroundColor !== before, "the theme changes");
    theme.click();
    dispatchEvent(new Event("beforeprint"));
    check(document.querySelectorAll("details:not([open]):not(.per-lambda)").length === 0, "details are open on paper");
    dispatchEvent(new Event("afterprint"));
    check(performance.getEntriesByType("resource").length === 0, "the page loads nothing");
    const shown = problems.slice(0, 6).join("; ") + (problems.length > 6 ? `; ${problems.length} in all` : "");
    parent.postMessage(problems.length ? `failed: ${shown}` : `passed, ${figures.length} figures`, "*");
  });
})();
