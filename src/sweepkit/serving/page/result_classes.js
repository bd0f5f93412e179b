// The class of a row, and how sure the model is of each.

import { readable, readRow, textOf, thresholdOf } from "./classes.js";
import { breakable, make } from "./dom.js";
import { formatProbability } from "./format.js";
import { describeSet } from "./result_set.js";
import { drawShare } from "./share_bar.js";

const MOST = 10;

/** What stands in the card of the result, in place of a number. */
export function describeClass(answer, model) {
  const { value } = answer;
  const { profile } = model;
  const { shares, chosen } = readRow(value, profile);
  const label = readable(textOf(profile.classes[chosen]));
  return [
    make("p", { class: "result-name" }, breakable(profile.target)),
    make("p", { class: `result-value label${label.length > 16 ? " long" : ""}`, id: "result-value" },
      breakable(label)),
    listShares(shares, chosen, profile),
    shares.length === 2 ? describeThreshold(shares, chosen, profile) : null,
    describeSet(answer, model),
    describeScore(model),
  ];
}

// The likeliest first; far down a list nobody reads.
function listShares(shares, chosen, profile) {
  const order = shares.map((_, i) => i).sort((a, b) => shares[b] - shares[a]);
  const shown = order.slice(0, MOST);
  // Of two, the limit belongs to the second; of more the largest one wins.
  const limit = (i) => (shares.length === 2 && i === 1 ? thresholdOf(profile) : null);
  const rest = order.slice(MOST);
  return make("div", { class: "shares" },
    make("ol", { "aria-label": "Probability of each class" }, ...shown.map((i) =>
      make("li", { class: i === chosen ? "chosen" : null },
        make("span", { class: "share-name" }, breakable(readable(textOf(profile.classes[i])))),
        make("span", { class: "share-value" }, formatProbability(shares[i], { inList: true })),
        drawShare(shares[i], { isChosen: i === chosen, mark: limit(i) })))),
    rest.length ? make("p", { class: "soft small" }, describeRest(rest.map((i) => shares[i]))) : null);
}

function describeRest(shares) {
  const sum = shares.reduce((total, share) => total + share, 0);
  return `${shares.length} more ${shares.length === 1 ? "class" : "classes"}: ${formatProbability(sum)} together.`;
}

function describeThreshold(shares, chosen, profile) {
  const [no, yes] = profile.classes.map((label) => readable(textOf(label)));
  const limit = thresholdOf(profile);
  const rule = `It says ${yes} from ${formatProbability(limit)} on, below that ${no}.`;
  const likeliest = shares[1] > shares[0] ? 1 : 0;
  const why = chosen === likeliest ? "" : ` So it says ${chosen ? yes : no} here, although `
    + `${chosen ? no : yes} is likelier.`;
  return make("p", { class: "small" }, rule + why);
}

// How often it is right, on rows it has not seen; and how often one class alone would be.
function describeScore({ metrics, profile }) {
  const accuracy = Number(metrics?.holdout_accuracy ?? metrics?.accuracy ?? NaN);
  if (!Number.isFinite(accuracy)) return null;
  const shares = profile.class_shares ?? [];
  const most = Math.max(0, ...shares);
  const common = shares.length ? ` Always saying ${readable(textOf(profile.classes[shares.indexOf(most)]))} `
    + `would be right in about ${formatProbability(most)}.` : "";
  return make("p", { class: "small" },
    `Right in ${formatProbability(accuracy)} of the rows kept aside from training.${common}`);
}
