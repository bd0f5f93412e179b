// The prediction, large, with all that is known of how far to trust it.

import { hasClasses } from "./classes.js";
import { describeContributions } from "./contributions.js";
import { breakable, fill, find, make } from "./dom.js";
import { countOf, formatNumber, formatShare, formatTarget } from "./format.js";
import { describeDetail } from "./form.js";
import { describeClass } from "./result_classes.js";

const card = () => find("result");

/** Show a prediction. */
export function showAnswer(answer, model) {
  card().classList.remove("stale", "failed");
  fill(card(),
    ...(hasClasses(model.profile) ? describeClass(answer, model) : describeNumber(answer, model)),
    describeContributions(answer, model),
    ...answer.warnings.map((text) => make("p", { class: "note" }, text)),
    make("p", { class: "soft small" }, describeAnswer(answer, model)),
  );
}

/** The values have changed since: dim what is shown. */
export function showStale() {
  if (find("result-value")) card().classList.add("stale");
}

/** Say why there is no prediction; `homeless` are details no field could show. */
export function showFailure(message, homeless = [], nMore = 0) {
  card().classList.remove("stale");
  card().classList.add("failed");
  fill(card(),
    make("p", { class: "result-name" }, "No prediction"),
    make("p", { class: "note error" }, message),
    ...homeless.map((detail) => make("p", { class: "note error" },
      [detail.column, describeDetail(detail)].filter(Boolean).join(": "))),
    nMore > 0 ? make("p", { class: "soft small" }, `And ${countOf(nMore, "more problem")}.`) : null,
  );
}

function describeNumber(answer, model) {
  const { target, target_unit: unit } = model.profile;
  return [
    make("p", { class: "result-name" }, breakable(target)),
    make("p", { class: "result-value", id: "result-value" }, formatTarget(answer.value, unit)),
    answer.interval ? describeInterval(answer, unit) : null,
    describeError(model),
  ];
}

function describeInterval({ interval, share }, unit) {
  const [low, high] = interval.map((end) => formatTarget(end, unit, 4));
  return make("p", { class: "result-interval" },
    make("strong", {}, `${low} – ${high}`), ` holds the true value in ${formatShare(share)} of cases`);
}

// Without an interval the error on the holdout is the honest scale of doubt.
function describeError({ metrics, profile }) {
  const error = metrics?.holdout_mae ?? metrics?.mae;
  if (!Number.isFinite(Number(error ?? NaN))) return null;
  const size = formatTarget(Number(Number(error).toPrecision(3)), profile.target_unit, 3);
  return make("p", {}, `Off by ${size} on average, on rows kept aside from training.`);
}

function describeAnswer({ milliseconds, version }, model) {
  const took = milliseconds < 10 ? milliseconds.toFixed(1) : formatNumber(milliseconds, 3);
  return `Answered in ${took} ms by version ${version ?? model.version}`;
}
