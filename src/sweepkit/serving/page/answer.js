// What `/invocations` takes and answers, in the page's terms.

import { predict } from "./server.js";

const SHARE = 0.9;

/** The body for one row; an interval is asked for only where the model carries one. */
export function writeBody(columns, cells, withInterval) {
  const body = { dataframe_split: { columns, data: [cells] } };
  return withInterval ? { ...body, params: { interval: SHARE } } : body;
}

/** Predict one row: value, interval (or null), warnings, version and time taken. */
export async function predictRow(columns, cells, withInterval) {
  const sent = JSON.stringify(writeBody(columns, cells, withInterval));
  const { body, headers, milliseconds } = await predict(sent, "application/json");
  return {
    value: body.predictions[0],
    interval: body.intervals?.[0] ?? null,
    share: SHARE,
    warnings: readWarnings(headers),
    version: headers.get("X-Model-Version"),
    milliseconds,
  };
}

/** Predict rows written as CSV: their predictions and the server's warnings. */
export async function predictCsv(text, signal) {
  const { body, headers } = await predict(text, "text/csv", signal);
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
