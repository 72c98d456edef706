// Rows of a role's demands: added and removed in place, and a row shows only what it needs.
// Without this script the same buttons send the form and the server does it.

const MOST = 30;

const rows = () => [...document.querySelectorAll("[data-demand]")];

function show(row) {
  const kind = row.querySelector("select[name$='-what']").value.split(":")[0];
  const strength = row.querySelector("select[name$='-strength']").value;
  for (const part of row.querySelectorAll("[data-when]")) {
    part.hidden = ![kind, strength].includes(part.dataset.when);
  }
  for (const cell of row.querySelectorAll("td:has([data-when])")) {
    const part = cell.querySelector("[data-when]:not([hidden])");
    cell.dataset.label = part ? part.querySelector("label").textContent : "";
  }
}

function number(row, place) {
  const renumbered = (text) => text.replace(/^requirements-\d+-/, `requirements-${place}-`);
  for (const control of row.querySelectorAll("select, input")) {
    control.name = renumbered(control.name);
    control.id = renumbered(control.id);
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
  }
  for (const label of row.querySelectorAll("label")) label.htmlFor = renumbered(label.htmlFor);
  row.querySelector("[data-remove-demand]").value = place;
}

function emptied(row) {
  const copy = row.cloneNode(true);
  for (const error of copy.querySelectorAll(".field-error")) error.remove();
  for (const select of copy.querySelectorAll("select")) select.selectedIndex = 0;
  copy.querySelector("select[name$='-level']").value = "3";
  copy.querySelector("input[name$='-hours']").value = "20";
  copy.querySelector("input[name$='-weight']").value = "1";
  return copy;
}

function add(event) {
  const all = rows();
  if (all.length >= MOST || all.length === 0) return;
  event.preventDefault();
  const row = emptied(all.at(-1));
  const taken = all.map((one) => Number(one.querySelector("[data-remove-demand]").value));
  number(row, Math.max(...taken) + 1);
  all.at(-1).after(row);
  show(row);
  row.querySelector("select").focus();
}

function remove(event, button) {
  const all = rows();
  if (all.length < 2) return;
  event.preventDefault();
  const row = button.closest("[data-demand]");
  const neighbour = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  neighbour.querySelector("select").focus();
}

document.addEventListener("click", (event) => {
  const adding = event.target.closest("[data-add-demand]");
  const removing = event.target.closest("[data-remove-demand]");
  if (adding) add(event);
  if (removing) remove(event, removing);
});

document.addEventListener("change", (event) => {
  const row = event.target.closest("[data-demand]");
  if (row) show(row);
});

rows().forEach(show);
