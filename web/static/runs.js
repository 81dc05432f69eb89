// Keeps the progress of running harvests fresh. Without this file the button "Làm mới" does the same.
const PAUSE = 2000;
const LIMIT = 900; // questions in all: half an hour, then the button is there

document.querySelectorAll("[data-run]").forEach((box) => {
  let asked = 0;
  const put = (key, text) => box.querySelectorAll(`[data-${key}]`).forEach((node) => { node.textContent = text; });
  const count = (value) => value.toLocaleString(document.documentElement.lang === "en" ? "en" : "vi");
  const show = (run) => {
    put("done", count(run.done));
    if (run.expected !== null) put("expected", count(run.expected));
    if (run.percent !== null) put("percent", `${run.percent}%`);
    if (run.rate !== null) put("rate", count(run.rate));
    if (run.eta_words) put("eta", run.eta_words);
    const meter = box.querySelector(".meter");
    if (meter && run.expected) {
      meter.setAttribute("aria-valuenow", run.done);
      meter.setAttribute("aria-valuemax", run.expected);
      meter.querySelector(".done").setAttribute("width", Math.min(1000, Math.floor((1000 * run.done) / run.expected)));
    }
  };
  const ask = async () => {
    asked += 1;
    try {
      const answer = await fetch(box.dataset.run, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const run = await answer.json();
      show(run);
      if (run.finished) {
        if ("reload" in box.dataset) window.location.reload();
        return;
      }
    } catch { /* the server is away for a moment: ask again */ }
    if (asked < LIMIT) setTimeout(ask, PAUSE);
  };
  setTimeout(ask, PAUSE);
});
