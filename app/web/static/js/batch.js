// A batch runs in the background: show how far it is every two seconds, until it rests.
const every = 2000;

async function look() {
  if (!document.querySelector("[data-waiting]")) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!document.querySelector("main").contains(document.activeElement)) {
      document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
    }
  } catch {
    // No connection just now: the next look may have one.
  }
  setTimeout(look, every);
}

setTimeout(look, every);
