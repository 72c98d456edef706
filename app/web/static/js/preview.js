// The preview of a course: loads the page again as soon as one of its files has changed.
const EVERY = 1000;
const address = document.querySelector("[data-preview]").dataset.preview;

async function look() {
  try {
    const answer = await fetch(address);
    const { changed } = await answer.json();
    if (changed) return location.reload();
  } catch {
    // The preview was ended; the page stays, and follows again once it runs.
  }
  return setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
