// The form built from the model's columns: read a row, write one, point at errors.

import { isoOf } from "./control_text.js";
import { fill, find } from "./dom.js";
import { buildField } from "./field.js";

/** Build the fields. `onChange` hears of every change, `onSubmit` of a wish to predict. */
export function buildForm(profile, { onChange, onSubmit }) {
  const rows = profile.examples.length ? profile.examples : [typicalRow(profile.columns)];
  const fields = profile.columns.map((column, i) =>
    buildField(column, i, profile.examples.map((row) => row[i])));
  fill(find("fields"), ...fields.map((field) => field.element));
  const change = () => onChange(fields.map((field) => field.read().value ?? null));
  let place = -1;
  const showNext = () => {
    place = (place + 1) % rows.length;
    fields.forEach((field, i) => field.write(rows[place][i]));
    find("example-place").textContent = describePlace(profile, place);
    change();
  };
  find("next-example").hidden = rows.length < 2;
  find("next-example").onclick = () => {
    showNext();
    onSubmit();
  };
  find("fields").addEventListener("input", change);
  find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    onSubmit();
  });
  find("send").disabled = false;
  showNext();
  return {
    isComplete: () => fields.every((field) => !field.read().problem),
    read: () => readRow(fields),
    fail: (refusal) => failFields(fields, refusal),
  };
}

// All of them are read, so that every problem shows at once.
function readRow(fields) {
  const answers = fields.map((field) => field.read());
  answers.forEach(({ problem }, i) => (problem ? fields[i].fail(problem) : fields[i].settle()));
  const wrong = fields.filter((_, i) => answers[i].problem);
  return { cells: answers.map(({ value }) => value ?? null), wrong };
}

/** Show the details of a refusal at their fields; returns those that belong to none. */
function failFields(fields, refusal) {
  const homeless = [];
  const failed = [];
  for (const detail of refusal.details) {
    const field = fields.find(({ column }) => column.name === detail.column);
    if (!field) homeless.push(detail);
    else if (failed.push(field)) field.fail(describeDetail(detail));
  }
  failed[0]?.focus();
  return { homeless, failed };
}

/** What was found and what is needed, in the server's words. */
export function describeDetail({ message, found, needed }) {
  if (message) return message;
  const parts = [found ? `Found ${found}` : "", needed ? `needs ${needed}` : ""];
  return parts.filter(Boolean).join(", ").concat(".");
}

// Where a model carries no example rows: the middle of every column.
function typicalRow(columns) {
  return columns.map(({ kind, quantiles, categories, whole }) => {
    const commonest = Object.keys(categories).sort((a, b) => categories[b] - categories[a])[0];
    if (kind === "boolean") return commonest === undefined ? null : commonest === "true";
    if (kind === "string") return commonest ?? null;
    if (!quantiles.length) return null;
    if (kind === "datetime") return isoOf(quantiles[5]);
    return whole ? Math.round(quantiles[5]) : Number(quantiles[5].toPrecision(4));
  });
}

function describePlace({ examples, columns }, place) {
  if (examples.length) return `${place + 1} of ${examples.length}`;
  return columns.some(({ quantiles }) => quantiles.length) ? "typical values" : "";
}
