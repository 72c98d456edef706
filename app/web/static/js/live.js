// A part of the page that shows what happens now: look again from time to time, unless somebody
// is in the middle of a dialog there. `data-live` may say after how many seconds.
const every = 1000 * (Number(document.querySelector("[data-live]")?.dataset.live) || 10);

async function look() {
  const part = document.querySelector("[data-live]");
  if (!part) return;
  const busy = document.hidden || part.contains(document.activeElement) || document.querySelector("dialog[open]");
  if (!busy) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      if (answer.ok && !fresh) {
        location.reload(); // it has come to its end: nothing is to be looked at again
        return;
      }
      if (answer.ok) {
        part.replaceWith(document.adoptNode(fresh));
        fresh.dispatchEvent(new CustomEvent("content:new", { bubbles: true }));
      }
    } catch {
      // No connection just now: the next look may have one.
    }
  }
  setTimeout(look, every);
}

setTimeout(look, every);
