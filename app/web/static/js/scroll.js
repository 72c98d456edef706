// What is too wide in a lesson scrolls in its own box: let the keyboard reach it.
const boxes = document.querySelectorAll('.prose pre, .prose table, .prose math[display="block"]');

function mark() {
  for (const box of boxes) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

if (boxes.length) {
  mark();
  addEventListener("resize", mark);
}
