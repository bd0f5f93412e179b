// How far recent rows have moved from the training data, column by column.

import { breakable, draw, fill, find, make, makeTable } from "./dom.js";
import { countOf, listWords } from "./format.js";

const MOVING = 0.1;
const DRIFTED = 0.25;
const FULL = 0.5;
const WIDTH = 100;
const HEIGHT = 8;

/** Show the report of `/usage`, the furthest column first. */
export function showDrift(drift) {
  const columns = (drift?.columns ?? []).filter(({ psi }) => Number.isFinite(psi));
  find("drift-sentence").textContent = describeDrift(drift, columns);
  if (!columns.length) {
    fill(find("drift"));
    return;
  }
  const rows = columns.sort((a, b) => b.psi - a.psi).map(({ name, psi, level }) => [
    breakable(name), drawBar(psi, level), psi.toFixed(3),
    nameLevel(level),
  ]);
  fill(find("drift"),
    makeTable("Drift of each column", ["Column", "Distance", "Index", "Level"], rows, (i) => i === 2),
    make("p", { class: "soft small" }, "The index is the population stability index: below "
      + `${MOVING} steady, above ${DRIFTED} drifted. Marks stand at both.`));
}

const LEVELS = ["steady", "moving", "drifted"];

export const nameLevel = (level) =>
  make("span", { class: `level ${LEVELS.includes(level) ? level : ""}` }, level);

function describeDrift(drift, columns) {
  if (!columns.length) return "Too few rows so far to compare them with the training data.";
  const named = (level) => columns.filter((column) => column.level === level).map(({ name }) => name);
  const [drifted, moving] = [named("drifted"), named("moving")];
  const start = `Of the last ${countOf(drift.rows, "row")}, `;
  if (!drifted.length && !moving.length) return `${start}every column looks like the training data.`;
  const parts = [
    drifted.length ? `${listWords(drifted)} no longer ${verb(drifted, "look")} like the training data` : "",
    moving.length ? `${listWords(moving)} ${verb(moving, "begin")} to differ from ${drifted.length ? "it" : "the training data"}` : "",
  ].filter(Boolean);
  const advice = drifted.length ? " Trust predictions less and think of training anew." : "";
  return `${start}${parts.join("; ")}.${advice}`;
}

const verb = (subjects, word) => (subjects.length === 1 ? `${word}s` : word);

function drawBar(psi, level) {
  const place = (value) => (Math.min(value, FULL) / FULL) * WIDTH;
  const mark = (value) => draw("line", { class: "bar-mark", x1: place(value), x2: place(value), y1: 0, y2: HEIGHT });
  return draw("svg", {
    class: "bar", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true",
  },
    draw("rect", { class: "bar-all", width: WIDTH, height: HEIGHT }),
    draw("rect", { class: `bar-part ${LEVELS.includes(level) ? level : ""}`, width: Math.max(place(psi), 1), height: HEIGHT }),
    mark(MOVING), mark(DRIFTED));
}
