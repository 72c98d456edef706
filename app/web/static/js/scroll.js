// Code and tables of a lesson that are too wide scroll in their own box: let the keyboard reach it.
const boxes = document.querySelectorAll(".prose pre, .prose table");

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
