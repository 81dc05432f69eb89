// Keeps the figures of running harvests fresh: by events as they happen, else by asking now and then.
// Without this file the button "Làm mới" does the same.
const PAUSE = 2000;
const LIMIT = 900; // questions in all: half an hour, then the button is there

const put = (root, key, text) => root.querySelectorAll(`[data-${key}]`).forEach((node) => { node.textContent = text; });
const count = (value) => value.toLocaleString(document.documentElement.lang === "en" ? "en" : "vi");

const show = (run) => document.querySelectorAll(`[data-id="${run.id}"]`).forEach((box) => {
  put(box, "done", count(run.done));
  if (run.expected !== null) put(box, "expected", count(run.expected));
  if (run.percent !== null) put(box, "percent", `${run.percent}%`);
  if (run.rate !== null) put(box, "rate", count(run.rate));
  if (run.eta_words) put(box, "eta", run.eta_words);
  const meter = box.querySelector(".meter");
  if (meter && run.expected) {
    meter.setAttribute("aria-valuenow", run.done);
    meter.setAttribute("aria-valuemax", run.expected);
    meter.querySelector(".done").setAttribute("width", Math.min(1000, Math.floor((1000 * run.done) / run.expected)));
  }
  if (run.at) put(document, "at", run.at);
  if (run.finished && "reload" in box.dataset) window.location.reload();
});

// A part of the page is put anew only while nobody is using it.
const renew = ({ part, html }) => document.querySelectorAll(`[data-part="${part}"]`).forEach((node) => {
  if (!node.contains(document.activeElement)) node.innerHTML = html;
});

const ask = () => document.querySelectorAll("[data-run]").forEach((box) => {
  let asked = 0;
  const again = async () => {
    asked += 1;
    try {
      const answer = await fetch(box.dataset.run, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const run = await answer.json();
      show(run);
      if (run.finished) return;
    } catch { /* the server is away for a moment: ask again */ }
    if (asked < LIMIT) setTimeout(again, PAUSE);
  };
  setTimeout(again, PAUSE);
});

const follow = (root) => {
  let events = null;
  const open = () => {
    events = new EventSource(root.dataset.events);
    events.addEventListener("run", (event) => show(JSON.parse(event.data)));
    events.addEventListener("part", (event) => renew(JSON.parse(event.data)));
    events.addEventListener("fresh", () => document.querySelectorAll("[data-fresh]").forEach((node) => { node.hidden = false; }));
    events.addEventListener("error", () => { if (events.readyState === EventSource.CLOSED) ask(); }); // no place is free
  };
  window.addEventListener("pagehide", () => events.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  open();
};

const root = document.querySelector("[data-events]");
if (root && "EventSource" in window) follow(root);
else ask();

// A dry run is waited for by asking: it takes seconds, and a stream would hold a place of the server.
document.querySelectorAll("[data-wait]").forEach((box) => {
  let asked = 0;
  const again = async () => {
    asked += 1;
    try {
      const answer = await fetch(box.dataset.wait, { headers: { Accept: "application/json" } });
      if (answer.ok && (await answer.json()).finished) return window.location.reload();
    } catch { /* the server is away for a moment: ask again */ }
    if (asked < LIMIT) setTimeout(again, PAUSE);
    return undefined;
  };
  setTimeout(again, PAUSE);
});
