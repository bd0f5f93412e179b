// The server at work: ask every two seconds while somebody looks.

import { fill, find, make } from "./dom.js";
import { showClasses } from "./class_drift.js";
import { showDrift } from "./drift.js";
import { formatCount, formatMoment, formatNumber } from "./format.js";
import { read } from "./server.js";
import { drawSparkline } from "./sparkline.js";

const EVERY_MS = 2_000;
const PLACES = 60;
const history = { rate: [], p50: [], p99: [] };

/** Start asking; `onLook` is called after each answer. */
export function watchUsage(onLook, profile) {
  const tick = async () => {
    if (!document.hidden) await look(onLook, profile);
    setTimeout(tick, EVERY_MS);
  };
  tick();
}

async function look(onLook, profile) {
  try {
    const usage = await read("usage", { quiet: true });
    remember(usage);
    showReady(usage.ready ? "ready" : "not ready", usage.ready);
    showTiles(usage);
    showNotes(usage.notes ?? []);
    showDrift(usage.drift);
    showClasses(usage.drift?.predictions ?? null, profile);
    await onLook();
  } catch (refusal) {
    if (refusal.status === undefined) throw refusal;
    showReady(refusal.status === 0 ? "not reachable" : "no figures", false);
  }
}

export function showReady(text, isReady) {
  const place = find("ready");
  // Said again every two seconds it would drown everything else in a screen reader.
  if (place.textContent === text) return;
  place.textContent = text;
  place.classList.toggle("yes", isReady);
  place.classList.toggle("no", !isReady);
}

function remember({ requests_per_s: rate, latency_ms: latency }) {
  history.rate.push(rate ?? 0);
  history.p50.push(latency?.p50 ?? 0);
  history.p99.push(latency?.p99 ?? 0);
  Object.values(history).forEach((values) => values.length > PLACES && values.shift());
}

function showTiles(usage) {
  const { requests_per_s: rate, latency_ms: latency } = usage;
  const p50 = latency?.p50;
  const p99 = latency?.p99;
  fill(find("tiles"),
    tile("Requests per second", formatNumber(rate ?? NaN, 3), line("rate", "Requests per second of the last two minutes")),
    tile("Median latency", withUnit(p50), line("p50", "Median latency of the last two minutes")),
    tile("99 % answered within", withUnit(p99), line("p99", "99th percentile of latency of the last two minutes")),
    tile("Since the start", formatCount(usage.requests ?? 0), describeTotals(usage)));
}

function showNotes(notes) {
  fill(find("notes"), ...notes.map((text) => make("p", { class: "soft small" }, text)));
}

function tile(name, value, below) {
  return make("div", { class: "tile" },
    make("p", { class: "soft small" }, name), make("p", { class: "tile-value" }, value), below);
}

const line = (key, label) => drawSparkline(history[key], PLACES, label);

const withUnit = (value) => (Number.isFinite(value) ? `${formatNumber(value, 3)} ms` : "–");

function describeTotals({ rows, errors, queue, since }) {
  const text = `requests with ${formatCount(rows ?? 0)} rows, ${formatCount(errors ?? 0)} refused, `
    + `${formatCount(queue ?? 0)} waiting`;
  return make("p", { class: "soft small" }, since ? `${text}. Since ${formatMoment(since)}.` : `${text}.`);
}
