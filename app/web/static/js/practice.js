// Practice by keyboard: digits choose an answer, H unfolds a hint, what comes next has the focus.
function typing(target) {
  return target.closest("textarea, select, input:not([type=radio]):not([type=checkbox])");
}

function choose(digit) {
  const controls = document.querySelectorAll("[data-practice] .options input:not(:disabled)");
  const control = controls[digit - 1];
  if (!control) return;
  control.focus();
  if (control.type === "radio") control.checked = true;
  else control.checked = !control.checked;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (/^[1-9]$/.test(event.key)) {
    event.preventDefault();
    choose(Number(event.key));
  } else if (event.key.toLowerCase() === "h") {
    document.querySelector("[data-practice-hint]")?.click();
  }
});

const next = document.querySelector("[data-practice-next]");
const first = document.querySelector("[data-practice] form :is(.input, .options input):not(:disabled)");
(next ?? first)?.focus({ preventScroll: !next });
