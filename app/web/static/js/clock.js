// Counts an attempt down. The server's word counts: setting data-remaining anew corrects the clock.
const SOON = 0.1;
const LAST = 60;

function written(seconds) {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const two = (number) => String(number).padStart(2, "0");
  const rest = two(seconds % 60);
  return hours ? `${hours}:${two(minutes % 60)}:${rest}` : `${minutes}:${rest}`;
}

function run(clock) {
  const text = clock.querySelector("[data-clock-text]");
  const total = Number(clock.dataset.total);
  let end = 0;
  let over = false;

  function correct() {
    end = performance.now() + Number(clock.dataset.remaining) * 1000;
    over = false;
    tick();
  }

  function tick() {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    text.textContent = written(left);
    clock.classList.toggle("clock-soon", left > LAST && left <= total * SOON);
    clock.classList.toggle("clock-last", left <= LAST);
    if (left === 0 && !over) {
      over = true;
      clock.dispatchEvent(new CustomEvent("clock:over", { bubbles: true }));
    }
  }

  new MutationObserver(correct).observe(clock, { attributeFilter: ["data-remaining"] });
  correct();
  setInterval(tick, 500);
}

document.querySelectorAll("[data-clock]").forEach(run);
