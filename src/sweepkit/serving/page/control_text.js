// Fields for free text, and for dates and times without a zone.

import { make } from "./dom.js";

const DAY = 86_400;
const MIDNIGHT = "T00:00:00";

/** Any text; for columns whose categories nobody recorded. */
export function buildTextControl(column, id) {
  const input = make("input", { id, type: "text", autocomplete: "off" });
  return {
    input,
    extra: null,
    hint: "",
    read() {
      if (input.value !== "") return { value: input.value };
      return column.required ? { problem: "Needs a text." } : { value: null };
    },
    write(cell) { input.value = cell ?? ""; },
    oddity: () => "",
  };
}

/** A day, or a day with its time if training saw times other than midnight. */
export function buildDateControl(column, id, examples) {
  const { quantiles } = column;
  const ends = quantiles.length ? [quantiles[0], quantiles.at(-1)] : [];
  const withTime = !ends.length || ends.some((end) => end % DAY !== 0)
    || examples.some((cell) => cell !== null && padTime(cell).slice(10) !== MIDNIGHT);
  const size = withTime ? 19 : 10;
  const input = make("input", { id, type: withTime ? "datetime-local" : "date", step: withTime ? 1 : null });
  const [first, last] = ends.map((end) => isoOf(end).slice(0, 10));
  return {
    input,
    extra: null,
    hint: first ? `${first} to ${last}` : "",
    read: () => readDate(input, column),
    write(cell) { input.value = cell === null ? "" : padTime(String(cell)).slice(0, size); },
    oddity() {
      const day = input.value.slice(0, 10);
      if (!day || !first || (day >= first && day <= last)) return "";
      return `Outside of what training saw: ${first} to ${last}.`;
    },
  };
}

/** Seconds since 1970 as ISO 8601 without a zone. */
export const isoOf = (seconds) => new Date(Math.round(seconds) * 1000).toISOString().slice(0, 19);

function readDate(input, column) {
  if (input.validity.badInput) return { problem: "This is not a complete date." };
  if (input.value !== "") return { value: padTime(input.value) };
  return column.required ? { problem: "Needs a date." } : { value: null };
}

// Browsers drop seconds, or the whole time, when they are zero.
const padTime = (text) => (text + MIDNIGHT.slice(text.length - 10)).slice(0, 19);
