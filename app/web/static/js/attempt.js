// An attempt that saves itself: two seconds after a change and whenever the page is left.
// The server decides what is kept; this script only tells the learner what it answered.
const QUIET = 2000;
const LAST_SECONDS = 10;
const RETRY = [2000, 4000, 8000, 15000];

const form = document.querySelector("form[data-attempt]");
const clock = document.querySelector("[data-clock]");
const place = form ?? document.querySelector("[data-summary]");

// --- What stands in the controls ----------------------------------------------------------

function part(name) {
  return name.slice(name.indexOf("[") + 1, -1);
}

function controls(box) {
  return [...box.querySelectorAll("input, select, textarea")].filter((one) => one.name.startsWith("a"));
}

const READ = {
  single: (all) => all.find((one) => one.checked)?.value ?? null,
  truefalse: (all) => READ.single(all),
  multiple: (all) => all.filter((one) => one.checked).map((one) => one.value),
  match: (all) => Object.fromEntries(all.filter((one) => one.value).map((one) => [part(one.name), one.value])),
  cloze: (all) => READ.match(all),
  order: (all) =>
    [...all].sort((one, other) => Number(one.value) - Number(other.value)).map((one) => part(one.name)),
};

function answerOf(box) {
  const read = READ[box.dataset.type] ?? ((all) => all[0].value);
  return read(controls(box));
}

function isEmpty(answer) {
  if (answer === null) return true;
  return typeof answer === "string" ? !answer.trim() : Object.keys(answer).length === 0;
}

// --- What the learner is told -------------------------------------------------------------

const status = document.querySelector("[data-save-status]");

function tell(state, text) {
  if (status.dataset.state === state && state === "saving") return;
  status.dataset.state = state;
  status.querySelector("[data-save-text]").textContent = text;
}

function tellSaved(at) {
  const written = { timeStyle: "medium", hourCycle: "h23", timeZone: form.dataset.zone };
  const time = new Date(at).toLocaleTimeString(document.documentElement.lang, written);
  tell("saved", form.dataset.saved.replace("{time}", time));
}

function tellRefused(reason) {
  tell("unsaved", form.dataset.refused.replace("{reason}", reason));
}

function showOnMap(box) {
  const link = document.querySelector(`[data-map="${box.dataset.slot}"]`);
  if (!link) return;
  const flagged = box.querySelector("[data-flag]").checked;
  const untouched = box.dataset.type === "order" && box.querySelector("[data-sequence]").value === "0";
  const state = flagged ? "flagged" : isEmpty(answerOf(box)) || untouched ? "open" : "answered";
  link.className = `map-${state}`;
  const word = form.dataset[`word${state[0].toUpperCase()}${state.slice(1)}`];
  link.querySelector("span").textContent = `: ${word}`;
}

// --- Saving -------------------------------------------------------------------------------

const waiting = new Map(); // slot → what has to be sent
const sending = new Set();
let timer = 0;
let tries = 0;
let leaving = false;

function call(address, body, keepalive) {
  return fetch(`/api/v1/attempts/${form.dataset.attempt}/${address}`, {
    method: "PUT",
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": form.querySelector("[name=csrf_token]").value,
    },
    body: JSON.stringify(body),
    keepalive,
  });
}

function later(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(() => flush(false), milliseconds);
}

function retry() {
  tell("unsaved", form.dataset.offline);
  later(RETRY[Math.min(tries, RETRY.length - 1)]);
  tries += 1;
}

function changed(box) {
  const sequence = box.querySelector("[data-sequence]");
  sequence.value = String(Number(sequence.value) + 1);
  const slot = box.dataset.slot;
  const body = { sequence: Number(sequence.value), answer: answerOf(box) };
  waiting.set(`answers/${slot}`, body);
  wait(box);
}

function flagged(box) {
  waiting.set(`flags/${box.dataset.slot}`, { flagged: box.querySelector("[data-flag]").checked });
  wait(box);
}

function wait(box) {
  showOnMap(box);
  tell("saving", form.dataset.pending);
  later(clock && secondsLeft() < LAST_SECONDS ? 0 : QUIET);
}

async function flush(keepalive) {
  clearTimeout(timer);
  await Promise.all([...waiting.keys()].filter((address) => !sending.has(address)).map((address) => send(address, keepalive)));
}

async function send(address, keepalive) {
  const body = waiting.get(address);
  if (!keepalive) tell("saving", form.dataset.saving);
  sending.add(address);
  try {
    const response = await call(address, body, keepalive);
    await answered(address, body, response);
  } catch {
    if (!leaving) retry();
  } finally {
    sending.delete(address);
  }
  if (waiting.has(address) && waiting.get(address) !== body) later(0);
}

async function answered(address, body, response) {
  if (response.ok) {
    if (waiting.get(address) === body) waiting.delete(address);
    tries = 0;
    const saved = await response.json();
    if (clock && saved.remaining_seconds !== null) setClock(saved.remaining_seconds);
    if (!waiting.size) tellSaved(saved.saved_at);
  } else if (response.status >= 500 || response.status === 429 || response.status === 401) {
    retry();
  } else {
    const problem = await response.json().catch(() => ({ detail: String(response.status) }));
    if (waiting.get(address) === body) waiting.delete(address);
    tellRefused(problem.detail);
  }
}

// --- Clock --------------------------------------------------------------------------------

let end = 0;

function secondsLeft() {
  return (end - performance.now()) / 1000;
}

function setClock(seconds) {
  end = performance.now() + seconds * 1000;
  clock.dataset.remaining = String(seconds);
}

function watchClock() {
  end = performance.now() + Number(clock.dataset.remaining) * 1000;
  const spoken = document.querySelector("[data-clock-warnings]");
  let open = JSON.parse(spoken.dataset.clockWarnings).filter(([mark]) => mark < secondsLeft());
  setInterval(() => {
    const due = open.filter(([mark]) => secondsLeft() <= mark);
    if (!due.length) return;
    spoken.textContent = due.at(-1)[1];
    open = open.filter((one) => !due.includes(one));
  }, 1000);
  clock.addEventListener("clock:over", async () => {
    if (form) await flush(false);
    leaving = true;
    setTimeout(() => location.assign(place.dataset.review), 1500); // the server ends it as its quiz says
  });
}

// --- Wiring -------------------------------------------------------------------------------

function boxOf(event) {
  return event.target.closest("[data-slot]");
}

function watchForm() {
  form.addEventListener("input", (event) => {
    const box = boxOf(event);
    if (!box || event.target.matches("[data-flag], select[data-order-place]")) return;
    changed(box);
  });
  form.addEventListener("change", (event) => {
    const box = boxOf(event);
    if (box && event.target.matches("[data-flag]")) flagged(box);
    // The rows follow the drop-downs first (js/order.js), then their places are read.
    if (box && event.target.matches("[data-order-place]")) queueMicrotask(() => changed(box));
  });
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
    waiting.clear(); // the form carries every answer of the page
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flush(true);
  });
  addEventListener("pagehide", () => flush(true));
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  addEventListener("online", () => later(0));
  addEventListener("beforeunload", (event) => {
    if (status.dataset.state === "unsaved" && waiting.size && !leaving) event.preventDefault();
  });
}

if (form) watchForm();
if (clock && place) watchClock();
