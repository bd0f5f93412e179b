// Predict a table in pieces the server takes.

import { predictCsv } from "./answer.js";
import { writeRecord } from "./csv.js";

const MOST_ROWS = 2_000;
const MOST_BYTES = 500_000;
const MOST_WAITS = 5;

/** A refusal of some rows, with the lines of the file its details belong to. */
export class RowsRefused extends Error {
  constructor(refusal, records) {
    // The server counts the rows of a piece; a person looks at a file.
    super(refusal.message);
    this.lines = `, lines ${records[0].line} to ${records.at(-1).line}`;
    this.nMore = refusal.nMore;
    this.details = refusal.details.map((detail) => ({ ...detail, line: records[detail.row]?.line }));
  }
}

/** Predict every record, with probabilities if `inFull`; `onProgress` hears how many are done. */
export async function predictTable(table, signal, inFull, onProgress) {
  const predictions = [];
  const warnings = new Set();
  let most = MOST_ROWS;
  while (predictions.length < table.records.length) {
    const piece = cutPiece(table, predictions.length, most);
    const answer = await sendPiece(piece, signal, inFull);
    if (answer) {
      predictions.push(...answer.predictions);
      answer.warnings.forEach((text) => warnings.add(text));
      onProgress(predictions.length);
    } else most = Math.ceil(piece.records.length / 2); // too large for this server's limits
  }
  return { predictions, warnings: [...warnings] };
}

function cutPiece({ records, taken, places }, start, most) {
  const lines = [writeRecord(taken)];
  let size = 0;
  let end = start;
  while (end < records.length && end - start < most && size < MOST_BYTES) {
    const line = writeRecord(places.map((place) => records[end].cells[place]));
    lines.push(line);
    size += line.length;
    end += 1;
  }
  return { text: lines.join(""), records: records.slice(start, end) };
}

// Null stands for "smaller pieces, please".
async function sendPiece({ text, records }, signal, inFull) {
  for (let waits = 0; ; waits += 1) {
    try {
      return await predictCsv(text, signal, inFull);
    } catch (refusal) {
      if (refusal.status === 413 && records.length > 1) return null;
      if (refusal.status !== 503 || waits >= MOST_WAITS) throw explain(refusal, records);
      await pause(refusal.retryAfter * 1000, signal);
    }
  }
}

const explain = (refusal, records) =>
  (refusal.status === undefined ? refusal : new RowsRefused(refusal, records));

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}
