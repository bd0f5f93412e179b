// Turn a chosen file into a table that fits the model, or say why it does not.

import { listWords } from "./format.js";
import { parseCsv } from "./csv.js";

const MOST_BYTES = 64 * 2 ** 20;

/** What is wrong with the file, in a sentence for the person who chose it. */
export class UnusableFile extends Error {}

/**
 * Read a file: its header, its records, and where each column of the model stands.
 * Columns the model does not take stay in the file and are not sent.
 */
export async function readTable(file, columns) {
  if (file.size > MOST_BYTES) {
    throw new UnusableFile("The file is larger than 64 MB. Send it in parts with curl or Python.");
  }
  const [header, ...records] = parse(decode(await file.arrayBuffer()));
  if (!header) throw new UnusableFile("The file is empty.");
  if (!records.length) throw new UnusableFile("The file has a header and no rows.");
  const names = header.cells.map((name) => name.trim());
  checkHeader(names, columns);
  const ragged = records.find(({ cells }) => cells.length !== names.length);
  if (ragged) {
    throw new UnusableFile(`Line ${ragged.line} has ${ragged.cells.length} cells; `
      + `the header names ${names.length} columns.`);
  }
  const taken = columns.filter(({ name }) => names.includes(name)).map(({ name }) => name);
  return {
    name: file.name,
    header: names,
    records,
    taken,
    places: taken.map((name) => names.indexOf(name)),
    unused: names.filter((name) => !taken.includes(name)),
  };
}

function checkHeader(names, columns) {
  const missing = columns.filter(({ name, required }) => required && !names.includes(name));
  if (missing.length) {
    throw new UnusableFile(`The file lacks ${listWords(missing.map(({ name }) => name))}. `
      + `Its first line names ${listWords(names)}.`);
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UnusableFile(`The file names the column ${twice} twice.`);
}

function decode(bytes) {
  try {
    // Drops the byte order mark that spreadsheets put first.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UnusableFile("The file is not text in UTF-8. Save it as “CSV UTF-8”.");
  }
}

function parse(text) {
  try {
    return parseCsv(text);
  } catch (error) {
    throw new UnusableFile(error.message);
  }
}
