// Light, dark or as the system has it; kept in a cookie for a year.
const root = document.documentElement;
const YEAR = 60 * 60 * 24 * 365;

function choose(scheme) {
  if (scheme === "system") delete root.dataset.scheme;
  else root.dataset.scheme = scheme;
  const age = scheme === "system" ? 0 : YEAR;
  document.cookie = `scheme=${scheme}; path=/; max-age=${age}; samesite=lax`;
  show();
}

function show() {
  const current = root.dataset.scheme ?? "system";
  for (const button of document.querySelectorAll("[data-scheme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.schemeChoice === current));
  }
}

for (const group of document.querySelectorAll("[data-scheme-switch]")) {
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const button = event.target.closest("[data-scheme-choice]");
    if (button) choose(button.dataset.schemeChoice);
  });
}
show();
