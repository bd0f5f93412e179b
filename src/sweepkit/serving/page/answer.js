// What `/invocations` takes and answers, in the page's terms.

import { hasClasses } from "./classes.js";
import { predict } from "./server.js";

const SHARE = 0.9;
const PROBABILITIES = { return: "probabilities" };
// A page that waits longer for its reasons feels broken.
const MOST_MS = 500;

/** What to ask for beside a value, as far as the model has it; null for nothing. */
export function chooseParams({ facts, profile }) {
  const explains = facts?.contributions && (facts.contributions_ms ?? 0) <= MOST_MS;
  const params = {
    ...(hasClasses(profile) ? PROBABILITIES : {}),
    ...(facts?.intervals || facts?.prediction_sets ? { interval: SHARE } : {}),
    ...(explains ? { contributions: true } : {}),
  };
  return Object.keys(params).length ? params : null;
}

/** The body for one row. */
export function writeBody(columns, cells, params = null) {
  const body = { dataframe_split: { columns, data: [cells] } };
  return params ? { ...body, params } : body;
}

/** Predict one row: value, what was asked for beside it (or null), warnings, version, time. */
export async function predictRow(columns, cells, params) {
  const sent = JSON.stringify(writeBody(columns, cells, params));
  const { body, headers, milliseconds } = await predict(sent, "application/json");
  return {
    value: body.predictions[0],
    interval: body.intervals?.[0] ?? null,
    set: body.prediction_sets?.[0] ?? null,
    contributions: body.contributions?.[0] ?? null,
    row: new Map(columns.map((column, i) => [column, cells[i]])),
    share: SHARE,
    warnings: readWarnings(headers),
    version: headers.get("X-Model-Version"),
    milliseconds,
  };
}

/** Predict rows written as CSV: their predictions and the server's warnings. */
export async function predictCsv(text, signal, withProbabilities) {
  // CSV has no place for params: the address has.
  const query = withProbabilities ? `?${new URLSearchParams(PROBABILITIES)}` : "";
  const { body, headers } = await predict(text, "text/csv", { signal, query });
  return { predictions: body.predictions, warnings: readWarnings(headers) };
}

// A header's value is percent-encoded, and cut if it is long: perhaps within a sign.
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readWarnings(headers) {
  const text = headers.get("X-Sweepkit-Warnings") ?? "";
  return text.split("; ").filter(Boolean).map(decode);
}
