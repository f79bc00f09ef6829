// Runs before the scripts of the page, and collects what goes wrong.
const failures = [];
addEventListener("error", (event) => failures.push(`error: ${event.message}`));
addEventListener("securitypolicyviolation", (event) => failures.push(`loads ${event.blockedURI}`));
for (const level of ["error", "warn"]) {
  console[level] = (...texts) => failures.push(`${level}: ${texts.join(" ")}`);
}
