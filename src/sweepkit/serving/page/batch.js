// Many rows: choose or drop a file, watch it being predicted, look, download.

import { listAnswers } from "./batch_answers.js";
import { readTable, UnusableFile } from "./batch_file.js";
import { predictTable, RowsRefused } from "./batch_send.js";
import { showDone, showProblem, showProgress, showTable } from "./batch_view.js";
import { hasClasses } from "./classes.js";
import { find } from "./dom.js";

let running = new AbortController();
let latest = null;

/** Wire the file chooser, the drop zone, and for classes the wish for probabilities. */
export function buildBatch(profile) {
  const file = find("file");
  const zone = find("drop");
  const wish = find("batch-probabilities");
  wish.closest("label").hidden = !hasClasses(profile);
  wish.onchange = () => latest && start(latest, profile);
  const take = () => {
    if (file.files.length) start(file.files[0], profile);
    // So that the same file, mended, can be chosen again.
    file.value = "";
  };
  file.addEventListener("change", take);
  take(); // one chosen while the page was still loading
  // Everywhere: a file dropped beside the zone must not replace the page.
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.toggle("over", zone.contains(event.target));
  });
  document.addEventListener("dragleave", () => zone.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const [dropped] = event.dataTransfer.files;
    if (dropped && zone.contains(event.target)) start(dropped, profile);
  });
}

async function start(file, profile) {
  latest = file;
  running.abort();
  running = new AbortController();
  const { signal } = running;
  try {
    const table = await readTable(file, profile.columns);
    if (signal.aborted) return;
    showProgress(table, 0);
    const inFull = hasClasses(profile) && find("batch-probabilities").checked;
    const answer = await predictTable(table, signal, inFull, (done) => showProgress(table, done));
    showDone(table, answer.warnings);
    showTable(table, listAnswers(answer.predictions, profile, inFull));
  } catch (error) {
    // A newer file has taken over.
    if (signal.aborted) return;
    if (!(error instanceof UnusableFile || error instanceof RowsRefused)) throw error;
    showProblem(file.name, error);
  }
}
