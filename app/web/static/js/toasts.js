// A message can be put away; it never goes by itself, so nobody misses it.
import { closeButton } from "./dialogs.js";

for (const toast of document.querySelectorAll("[data-toast]")) {
  const close = closeButton(toast.dataset.closeLabel);
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
}
