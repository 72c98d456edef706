// Turns a fold with data-dialog into a modal dialog opened by its summary.
function upgrade(host) {
  const panel = host.querySelector("[data-dialog-content]");
  const trigger = host.querySelector("summary");
  const dialog = document.createElement("dialog");
  dialog.className = host.classList.contains("dialog-wide") ? "dialog dialog-large" : "dialog";
  dialog.setAttribute("aria-labelledby", `${panel.id}-title`);
  dialog.append(panel);
  panel.removeAttribute("role");
  panel.removeAttribute("aria-labelledby");
  panel.querySelectorAll("[data-close]").forEach((button) => (button.hidden = false));
  host.after(dialog);
  host.open = false;

  trigger.setAttribute("role", "button");
  trigger.setAttribute("aria-haspopup", "dialog");
  trigger.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
  dialog.addEventListener("close", () => trigger.focus());
  if (dialog.querySelector(".field-error")) dialog.showModal();
}

document.querySelectorAll("[data-dialog]").forEach(upgrade);
document.addEventListener("content:new", (event) => {
  event.target.querySelectorAll("[data-dialog]").forEach(upgrade);
});
