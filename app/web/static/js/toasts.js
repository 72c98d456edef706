// A message can be put away; it never goes by itself, so nobody misses it.
for (const toast of document.querySelectorAll("[data-toast]")) {
  const close = toast.querySelector("[data-close]");
  close.hidden = false;
  close.addEventListener("click", () => toast.remove());
}
