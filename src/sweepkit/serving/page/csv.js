// Read and write CSV as RFC 4180 has it.

/** Split a text into records; each knows the line it starts on, for messages. */
export function parseCsv(text) {
  const delimiter = guessDelimiter(text);
  const pattern = new RegExp(
    `(?:"([^"]*(?:""[^"]*)*)"|([^"${delimiter}\\r\\n][^${delimiter}\\r\\n]*|))(${delimiter}|\\r?\\n|\\r|$)`, "y");
  const records = [];
  let cells = [];
  let [line, start] = [1, 1];
  while (pattern.lastIndex < text.length || cells.length) {
    const found = pattern.exec(text);
    if (!found) throw new SyntaxError(`The quotes in the record on line ${start} do not pair up.`);
    const [whole, quoted, plain, end] = found;
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += whole.split(/\r\n|\r|\n/).length - 1;
    if (end === delimiter) continue;
    if (!isEmptyLine(whole, cells, records)) records.push({ cells, line: start });
    cells = [];
    start = line;
    if (end === "") break;
  }
  return records;
}

/** Write one record with its line end; quotes stand only where they must. */
export function writeRecord(cells) {
  // A lone blank cell would otherwise be an empty line, which is no record.
  if (cells.length === 1 && !cells[0]) return '""\r\n';
  return `${cells.map(writeCell).join(",")}\r\n`;
}

// Where rows have one column only, an empty line is a row with a blank.
function isEmptyLine(whole, cells, records) {
  return cells.length === 1 && /^[\r\n]*$/.test(whole) && records[0]?.cells.length !== 1;
}

function writeCell(cell) {
  const text = String(cell ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// Spreadsheets of half the world write semicolons.
function guessDelimiter(text) {
  const first = text.slice(0, 65_536).split(/[\r\n]/, 1)[0];
  const count = (sign) => first.split(sign).length;
  return [",", ";", "\t"].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}
