// Something is being made in the background: look again until it is there, then show it in place.
const every = 2000;
const atMost = 60;

function look(left) {
  if (!document.querySelector("[data-waiting]") || left === 0) return;
  setTimeout(async () => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.querySelector("[data-waiting]")) {
        document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
        return;
      }
    } catch {
      // No connection just now: the next look may have one.
    }
    look(left - 1);
  }, every);
}

look(atMost);
