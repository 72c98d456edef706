// Reading a lesson: remembers the heading one is at, and answers checks without loading the page.
const QUIET = 2000; // milliseconds without scrolling before the place is noted
const place = document.querySelector("[data-place]");

if (place) rememberPlace(place);
document.addEventListener("submit", answerInPlace);

function rememberPlace(form) {
  const headings = [...document.querySelectorAll("[data-contents] a")]
    .map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))))
    .filter(Boolean);
  let noted = null;
  let timer = 0;

  const note = () => {
    clearTimeout(timer);
    const anchor = current(headings);
    if (anchor === noted) return;
    noted = anchor;
    const fields = new FormData(form);
    fields.set("anchor", anchor);
    navigator.sendBeacon(form.action, fields);
  };

  addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(note, QUIET);
  }, { passive: true });
  addEventListener("pagehide", note);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") note();
  });
}

// The last heading that has passed the upper third of the window; none at the top of the lesson.
function current(headings) {
  const line = innerHeight / 3;
  const passed = headings.filter((heading) => heading.getBoundingClientRect().top <= line);
  return passed.length ? passed[passed.length - 1].id : "";
}

async function answerInPlace(event) {
  const form = event.target;
  const check = form.closest("[data-check]");
  if (!check || form.dataset.plain) return;
  event.preventDefault();
  const button = form.querySelector("button:not([type=button])");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { "HX-Request": "true" },
    });
    if (answer.status !== 200 && answer.status !== 422) throw new Error(answer.statusText);
    show(check, await answer.text());
  } catch {
    form.dataset.plain = "true"; // whatever went wrong, the page itself can say
    button.disabled = false;
    form.requestSubmit();
  }
}

function show(check, html) {
  const parts = new DOMParser().parseFromString(html, "text/html");
  const replaced = parts.querySelector("[data-check]");
  check.replaceWith(replaced);
  const after = parts.querySelector("[data-after]");
  document.querySelector("[data-after]")?.replaceWith(after);
  replaced.querySelectorAll("[data-order]").forEach((list) => {
    list.dispatchEvent(new CustomEvent("order:added", { bubbles: true }));
  });
  const told = replaced.querySelector(".explanation, .field-error");
  if (!told) return;
  told.tabIndex = -1;
  told.focus({ preventScroll: true });
  told.scrollIntoView({ block: "nearest" });
}
