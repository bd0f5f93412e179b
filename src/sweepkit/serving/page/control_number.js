// A field for a number: its step and hints come from the training quantiles.

import { make } from "./dom.js";
import { formatNumber } from "./format.js";
import { buildStrip } from "./range_strip.js";

const MEDIAN = 5;

/** A control reads a cell, writes one, and says what is odd about the present one. */
export function buildNumberControl(column, id) {
  const { quantiles } = column;
  const known = quantiles.length === 11;
  const input = make("input", {
    id, type: "number", inputmode: column.whole ? "numeric" : "decimal",
    step: known ? chooseStep(quantiles, column.whole) : "any",
    placeholder: known ? `e.g. ${formatPlain(quantiles[MEDIAN])}` : null, autocomplete: "off",
  });
  // The keyboards of telephones without a minus sign belong to numbers that need none.
  if (!known || quantiles[0] < 0) input.setAttribute("inputmode", "text");
  const strip = known ? buildStrip(quantiles) : null;
  const value = () => (input.value === "" ? null : Number(input.value));
  const show = () => strip?.show(value());
  input.addEventListener("input", show);
  return {
    input,
    extra: strip?.element ?? null,
    hint: known ? `usually ${formatRange(quantiles[1], quantiles[9], input.step)}` : "a number",
    read: () => readNumber(input, column),
    write(cell) {
      input.value = cell === null ? "" : String(cell);
      // Arrow keys step from here instead of jumping to a multiple of the step.
      input.defaultValue = input.value;
      show();
    },
    oddity: () => (known ? describeOdd(value(), column, input.step) : ""),
  };
}

/** A 1, 2 or 5 with zeros: about a fiftieth of where most training values lie. */
export function chooseStep(quantiles, whole) {
  const target = (quantiles[9] - quantiles[1] || quantiles[10] - quantiles[0] || 1) / 50;
  const power = 10 ** Math.floor(Math.log10(target));
  const step = [1, 2, 5, 10].find((digit) => digit * power >= target * 0.999) * power;
  return whole ? Math.max(1, Math.round(step)) : Number(step.toPrecision(1));
}

function readNumber(input, column) {
  if (input.validity.badInput) return { problem: "This is not a number." };
  if (input.value !== "") return { value: Number(input.value) };
  return column.required ? { problem: "Needs a number." } : { value: null };
}

function describeOdd(value, { quantiles, whole }, step) {
  if (value === null) return "";
  const seen = `training saw ${formatRange(quantiles[0], quantiles[10], step)}`;
  if (value < quantiles[0]) return `Unusually low: ${seen}.`;
  if (value > quantiles[10]) return `Unusually high: ${seen}.`;
  return whole && !Number.isInteger(value) ? "Training saw whole numbers only." : "";
}

// No finer than the step, which fits the spread of the values.
function formatRange(low, high, step) {
  const decimals = Math.max(0, -Math.floor(Math.log10(Number(step)) + 1e-9));
  const [from, to] = [low, high].map((end) => formatNumber(Number(end.toFixed(Math.min(decimals, 20)))));
  return `${from} to ${to}`;
}

const formatPlain = (value) => String(Number(value.toPrecision(4)));
