// Turns a fold with data-dialog into a modal dialog opened by its summary.
function icon(name) {
  const use = document.querySelector(".icon use").getAttribute("href").replace(/#.*/, `#${name}`);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.appendChild(document.createElementNS(svg.namespaceURI, "use")).setAttribute("href", use);
  return svg;
}

export function closeButton(label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet button-icon";
  button.setAttribute("aria-label", label);
  button.append(icon("x"));
  return button;
}

function upgrade(host) {
  const panel = host.querySelector("[data-dialog-content]");
  const trigger = host.querySelector("summary");
  const dialog = document.createElement("dialog");
  dialog.className = host.classList.contains("dialog-wide") ? "dialog dialog-large" : "dialog";
  dialog.setAttribute("aria-labelledby", `${panel.id}-title`);
  const close = closeButton(panel.dataset.closeLabel);
  close.classList.add("dialog-close");
  dialog.append(close, panel);
  panel.removeAttribute("role");
  panel.removeAttribute("aria-labelledby");
  document.body.append(dialog);

  trigger.setAttribute("role", "button");
  trigger.setAttribute("aria-haspopup", "dialog");
  trigger.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
  dialog.addEventListener("close", () => trigger.focus());
  if (dialog.querySelector("[aria-invalid], .field-error, .callout-bad")) dialog.showModal();
}

document.querySelectorAll("[data-dialog]").forEach(upgrade);
