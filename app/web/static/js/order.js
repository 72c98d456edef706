// Ordering by buttons. The drop-downs are the answer; rows follow them, whichever way one works.
function rows(list) {
  return [...list.querySelectorAll("[data-order-item]")];
}

function place(row) {
  return row.querySelector("[data-order-place]");
}

function renumber(list, moved) {
  rows(list).forEach((row, index) => {
    place(row).value = String(index + 1);
    row.querySelector("[data-order-up]").disabled = index === 0;
    row.querySelector("[data-order-down]").disabled = index === rows(list).length - 1;
  });
  const status = list.parentElement.querySelector("[data-order-status]");
  if (moved && status) {
    status.textContent = status.dataset.orderMessage.replace("{place}", place(moved).value);
  }
}

function move(list, row, index) {
  const others = rows(list).filter((other) => other !== row);
  const focused = document.activeElement;
  list.insertBefore(row, others[index] ?? null);
  renumber(list, row);
  (focused?.disabled ? place(row) : focused)?.focus();
}

function onClick(list, event) {
  const button = event.target.closest("[data-order-up], [data-order-down]");
  if (!button) return;
  const row = button.closest("[data-order-item]");
  const step = button.hasAttribute("data-order-up") ? -1 : 1;
  move(list, row, rows(list).indexOf(row) + step);
  place(row).dispatchEvent(new Event("change", { bubbles: true }));
}

function begin(list) {
  const buttons = list.querySelectorAll("[data-order-buttons]");
  if (!buttons.length) return;
  buttons.forEach((group) => (group.hidden = false));
  renumber(list);
  list.addEventListener("click", (event) => onClick(list, event));
  list.addEventListener(
    "change",
    (event) => {
      const row = event.target.closest("[data-order-item]");
      const index = Number(event.target.value) - 1;
      if (rows(list).indexOf(row) !== index) move(list, row, index);
    },
    { capture: true },
  );
}

document.querySelectorAll("[data-order]").forEach(begin);
// A list that came later says so itself.
document.addEventListener("order:added", (event) => begin(event.target));
