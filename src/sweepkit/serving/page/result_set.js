// The labels a row may well have: a prediction set, as chips.

import { readable, textOf } from "./classes.js";
import { breakable, make } from "./dom.js";
import { countOf, formatShare } from "./format.js";

const MOST = 10;

/** The prediction set below a class; null where there is none. */
export function describeSet({ set, share }, { profile }) {
  if (!set) return null;
  const chips = set.slice(0, MOST).map((label) =>
    make("li", { class: "chip" }, breakable(readable(textOf(label)))));
  const nMore = set.length - MOST;
  return make("div", { class: "set" },
    make("p", { class: "small" }, describe(set, share, profile)),
    make("ul", { "aria-label": "Prediction set" }, ...chips),
    nMore > 0 ? make("p", { class: "soft small" }, `And ${countOf(nMore, "more label")}.`) : null);
}

function describe(set, share, { classes }) {
  const how = `Sets like this one hold the true class in ${formatShare(share)} of cases`;
  if (set.length === classes.length) return `${how}: here no class can be ruled out.`;
  return set.length === 1 ? `${how}; here one class is enough.` : `${how}.`;
}
