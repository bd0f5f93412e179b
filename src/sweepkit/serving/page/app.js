// The page: read the model, build the sections, predict once, then watch.

import { chooseParams, predictRow } from "./answer.js";
import { buildBatch } from "./batch.js";
import { buildCallTabs } from "./call_tabs.js";
import { showHead, showLineage, showMetrics } from "./facts.js";
import { find } from "./dom.js";
import { buildForm } from "./form.js";
import { countOf } from "./format.js";
import { showAnswer, showFailure, showStale } from "./result.js";
import { makeButton, notify, watchReady } from "./notices.js";
import { read, Refusal, usesToken } from "./server.js";
import { showReady, watchUsage } from "./usage.js";

const AGAIN_MS = 2_000;

let timer = null;

start();

async function start() {
  clearTimeout(timer);
  try {
    build(await read("model"));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    wait(refusal);
  }
}

// A server that is just starting has no model yet, one that is gone may come back.
function wait(refusal) {
  showReady("not ready", false);
  notify([refusal.message], makeButton("Try again", start));
  if (refusal.status === 0 || refusal.status === 503) timer = setTimeout(start, AGAIN_MS);
}

function build(model) {
  const columns = model.profile.columns.map(({ name }) => name);
  const writeCalls = buildCallTabs(model.profile);
  // A link carries no token.
  find("links").hidden = usesToken();
  showHead(model);
  showMetrics(model);
  showLineage(model);
  const form = buildForm(model.profile, {
    onChange(cells) {
      showStale();
      writeCalls(columns, cells);
    },
    onSubmit: () => submit(form, model, columns),
  });
  buildBatch(model.profile);
  if (form.isComplete()) submit(form, model, columns);
  watchUsage(watchReady(model), model.profile);
}

let latest = 0;

async function submit(form, model, columns) {
  const { cells, wrong } = form.read();
  if (wrong.length) {
    wrong[0].focus();
    showFailure(`${countOf(wrong.length, "field")} ${wrong.length === 1 ? "needs" : "need"} a value.`);
    return;
  }
  latest += 1;
  const mine = latest;
  try {
    const answer = await predictRow(columns, cells, chooseParams(model));
    // A later click may have been answered first.
    if (mine === latest) showAnswer(answer, model);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    if (mine === latest) showFailure(refusal.message, form.fail(refusal).homeless, refusal.nMore);
  }
}
