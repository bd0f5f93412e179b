// What each feature has added to a prediction, as bars to both sides of nothing.

import { hasClasses, readable, textOf } from "./classes.js";
import { breakable, draw, make } from "./dom.js";
import { countOf, formatNumber, formatTarget } from "./format.js";

const MOST = 8;
const WIDTH = 100;
const HEIGHT = 8;
// Beyond this share of it the sum is not the prediction: it was clipped.
const CLIPPED = 1e-6;

/** The largest contributions below a prediction; null where there are none. */
export function describeContributions({ contributions: found, value, row }, { profile, facts }) {
  if (!found) return null;
  // Keys of an object lose their order where they look like numbers.
  const pairs = Object.entries(found.contributions).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const shown = pairs.slice(0, MOST);
  const rest = pairs.slice(MOST);
  const largest = Math.max(...shown.map(([, size]) => Math.abs(size)), Number.MIN_VALUE);
  const write = (size) => formatSize(size, profile, facts);
  return make("div", { class: "reasons" },
    make("h3", {}, hasClasses(profile) ? `What speaks for ${readable(textOf(found.label))}` : "What it is made of"),
    make("p", { class: "small soft" }, describeBase(found, profile, facts)),
    make("ol", { "aria-label": "Largest contributions" }, ...shown.map(([name, size]) =>
      make("li", {},
        make("span", { class: "reason-name" }, breakable(name), describeCell(row, name)),
        make("span", { class: "reason-value" }, signed(size, write)),
        drawBar(size / largest)))),
    rest.length ? make("p", { class: "small soft" }, describeRest(rest, write)) : null,
    describeClip(found, value, profile, facts));
}

function describeBase({ base }, profile, facts) {
  const from = formatSize(base, profile, facts);
  if (!hasClasses(profile) && !facts.contributions_unit) return `Starts from ${from}, what is predicted before anything is known of a row.`;
  const unit = facts.contributions_unit.replace(/^score/, "the model's score");
  return `In ${unit}: starts from ${from}, before anything is known of a row.`;
}

function describeRest(rest, write) {
  const sum = rest.reduce((total, [, size]) => total + size, 0);
  return `${countOf(rest.length, "more feature")}: ${signed(sum, write)} together.`;
}

function describeClip({ base, contributions }, value, profile, facts) {
  if (hasClasses(profile) || facts.contributions_unit) return null;
  const sum = Object.values(contributions).reduce((total, size) => total + size, base);
  if (Math.abs(sum - value) <= CLIPPED * Math.max(Math.abs(sum), Math.abs(value))) return null;
  return make("p", { class: "small soft" },
    `Adds up to ${formatSize(sum, profile, facts)}, beyond what the training rows had: kept within it.`);
}

function describeCell(row, name) {
  const cell = row?.get(name);
  if (cell === undefined) return null;
  const text = typeof cell === "number" ? formatNumber(cell, 4) : cell === null ? "blank" : String(cell);
  return make("span", { class: "soft" }, ` ${text}`);
}

// Contributions to a number are in its unit, unless the model adds up something else.
function formatSize(size, profile, facts) {
  if (!hasClasses(profile) && !facts.contributions_unit) {
    return formatTarget(Number(size.toPrecision(3)), profile.target_unit, 3);
  }
  return size.toFixed(2).replace("-", "\u2212");
}

const signed = (size, write) => (size > 0 ? `+${write(size)}` : write(size).replace("-", "\u2212"));

function drawBar(share) {
  const length = Math.abs(share) * WIDTH / 2;
  return draw("svg", {
    class: "bar reason", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true",
  },
    draw("rect", { class: "bar-all", width: WIDTH, height: HEIGHT }),
    draw("rect", {
      class: share < 0 ? "reason-part down" : "reason-part up",
      x: share < 0 ? WIDTH / 2 - length : WIDTH / 2, width: length, height: HEIGHT,
    }),
    draw("line", { class: "reason-mark", x1: WIDTH / 2, x2: WIDTH / 2, y1: 0, y2: HEIGHT }));
}
