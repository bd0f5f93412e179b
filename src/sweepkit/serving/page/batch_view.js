// What is shown of a file: progress, problems, the first rows, the download.

import { writeRecord } from "./csv.js";
import { breakable, fill, find, make, makeTable } from "./dom.js";
import { describeDetail } from "./form.js";
import { countOf, formatCount, listWords } from "./format.js";

const SHOWN_ROWS = 10;

/** Show how far it is; at 0 also clear what an earlier file left. */
export function showProgress(table, done) {
  const bar = find("batch-progress");
  bar.hidden = false;
  bar.max = table.records.length;
  bar.value = done;
  if (done === 0) {
    fill(find("batch-preview"));
    say(`Predicting ${countOf(table.records.length, "row")} of ${table.name}.`);
  }
}

export function showDone(table, warnings) {
  find("batch-progress").hidden = true;
  const unused = table.unused.length ? `Not used: ${listWords(table.unused)}.` : "";
  fill(find("batch-status"),
    make("p", {}, `${countOf(table.records.length, "row")} of ${table.name} predicted. ${unused}`.trim()),
    ...warnings.map((text) => make("p", { class: "note" }, text)));
}

/** Say why the file is refused, and which of its lines are to blame. */
export function showProblem(name, { message, lines = "", details = [], nMore = 0 }) {
  find("batch-progress").hidden = true;
  fill(find("batch-preview"));
  fill(find("batch-status"),
    make("p", { class: "note error" }, `${name}${lines}: ${message}`),
    details.length ? make("ul", { class: "problems" }, ...details.map(describeLine)) : null,
    nMore > 0 ? make("p", { class: "soft small" }, `And ${countOf(nMore, "more problem")}.`) : null,
    make("p", { class: "soft small" }, "Nothing was kept. Mend the file and choose it again."));
}

/** Show the first rows with their predictions, and offer the whole file. */
export function showTable(table, answers) {
  const rows = table.records.slice(0, SHOWN_ROWS).map(({ cells }, i) => {
    const [first, ...others] = answers.shown(i);
    return [make("strong", {}, first), ...others, ...cells];
  });
  const rest = table.records.length - rows.length;
  const isNumber = (i) => !answers.isClass && i === 0;
  fill(find("batch-preview"),
    makeTable("First rows with predictions",
      [...answers.headings, ...table.header].map(breakable), rows, isNumber),
    make("div", { class: "actions" },
      buildDownload(table, answers),
      rest > 0 ? make("span", { class: "soft small" }, `and ${formatCount(rest)} more in the file`) : null));
}

function buildDownload(table, answers) {
  const button = make("button", { type: "button", id: "download" }, "Download with predictions");
  button.addEventListener("click", () => {
    const text = writeTable(table, answers);
    const link = make("a", { download: `${table.name.replace(/\.csv$/i, "")}-predicted.csv` });
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.click();
    // Not at once: the download has not read it yet.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  });
  return button;
}

/** The file as it came, and the new columns. */
function writeTable({ header, records }, answers) {
  const names = answers.names.map((name) => {
    let free = name;
    while (header.includes(free)) free += "_new";
    return free;
  });
  const lines = records.map(({ cells }, i) => writeRecord([...cells, ...answers.cells(i)]));
  return writeRecord([...header, ...names]) + lines.join("");
}

function describeLine(detail) {
  const place = detail.line ? `Line ${detail.line}` : "All rows";
  return make("li", {}, make("strong", {}, [place, detail.column].filter(Boolean).join(", ")),
    `: ${describeDetail(detail)}`);
}

const say = (text) => fill(find("batch-status"), make("p", {}, text));
