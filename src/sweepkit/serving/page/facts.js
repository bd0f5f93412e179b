// Who the model is: the head of the page, its scores, its lineage.

import { hasClasses, listClasses, thresholdOf } from "./classes.js";
import { breakable, fill, find, make, makeTable } from "./dom.js";
import { countOf, formatMoment, formatNumber, formatProbability, formatShare, formatTarget } from "./format.js";

const LABELS = {
  rmse: "Root mean squared error", mae: "Mean absolute error",
  mape: "Mean absolute percentage error", r2: "R²",
  roc_auc: "ROC AUC", average_precision: "Average precision", log_loss: "Log loss", f1: "F1",
  accuracy: "Accuracy", balanced_accuracy: "Balanced accuracy", brier: "Brier score",
  calibration_error: "Calibration error",
};
const COLUMNS = { holdout: "Holdout", cv: "Cross-validation", score: "Score" };
const SETS = Object.keys(COLUMNS);

/** Fill in the page's head. */
export function showHead({ name, version, aliases, form, profile }) {
  const what = hasClasses(profile) ? `: ${listClasses(profile)}` : "";
  const unit = profile.target_unit ? ` in ${profile.target_unit}` : "";
  document.title = `${name} · version ${version}`;
  find("name").textContent = name;
  find("version").textContent = [`version ${version}`, ...(aliases ?? [])].join(" · ");
  fill(find("purpose"), "Predicts ", make("strong", {}, profile.target), what || unit, form ? ` · ${form}` : "");
}

/** Scores in rows, one column for each set of rows they were measured on. */
export function showMetrics({ metrics, profile }) {
  const scores = Object.entries(metrics ?? {}).map(splitName);
  if (!scores.length) {
    fill(find("metrics"), make("p", { class: "soft" }, "This version carries no scores."));
    return;
  }
  const sets = SETS.filter((set) => scores.some((score) => score.set === set));
  const names = [...new Set(scores.map(({ metric }) => metric))];
  const rows = names.map((metric) => [LABELS[metric] ?? breakable(metric), ...sets.map((set) => {
    const score = scores.find((entry) => entry.set === set && entry.metric === metric);
    return score ? formatScore(metric, score.value, profile.target_unit) : "";
  })]);
  const headings = ["", ...sets.map((set) => COLUMNS[set])];
  fill(find("metrics"), makeTable("Scores", headings, rows, (i) => i > 0));
}

/** Where the version comes from, as far as its facts tell. */
export function showLineage({ name, version, facts, profile }) {
  const tags = { ...facts?.tags, ...facts };
  const entries = [
    ["Registered as", `${name} version ${version}`],
    ["Created", tags.created_at ? formatMoment(tags.created_at) : null],
    ["Estimator", tags.model],
    ["Classes", hasClasses(profile) ? String(profile.classes.length) : null],
    ["Decides from", profile.classes?.length === 2 ? formatProbability(thresholdOf(profile)) : null],
    ["Fitted on", profile.n_rows ? countOf(profile.n_rows, "row") : null],
    ["Run", code(tags.run_id)],
    ["Data fingerprint", code(tags["data.fingerprint"])],
    ["Configuration", code(tags["config.hash"])],
    ["Commit", code(tags["git.commit"] ?? tags.commit)],
  ].filter(([, value]) => value);
  fill(find("lineage"), ...entries.flatMap(([term, value]) => [make("dt", {}, term), make("dd", {}, value)]));
}

const code = (text) => (text ? make("code", { title: text }, shorten(text)) : null);

// The whole of it is in the title; sixteen signs tell any two apart.
const shorten = (text) => (text.length > 20 ? `${text.slice(0, 16)}…` : text);

function splitName([name, value]) {
  const [, set, metric] = /^(holdout|cv)_(.*)$/.exec(name) ?? [null, "score", name];
  return { set, metric, value: Number(value) };
}

function formatScore(metric, value, unit) {
  if (metric === "mape") return formatShare(value);
  if (metric === "rmse" || metric === "mae") return formatTarget(Number(value.toPrecision(4)), unit, 4);
  return formatNumber(value, 4);
}
