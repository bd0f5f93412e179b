// What a file gets beside its columns: numbers, labels, or labels and probabilities.

import { hasClasses, readable, readRow, textOf } from "./classes.js";
import { formatProbability, formatTarget } from "./format.js";

/**
 * The new columns of a file, and what its preview shows of each row.
 *
 * `names` and `cells(i)` are for the download, exact to the last bit; `headings` and
 * `shown(i)` are for people.
 */
export function listAnswers(predictions, profile, inFull) {
  const heading = `predicted ${profile.target}`;
  if (inFull) return listProbabilities(predictions, profile, heading);
  const isClass = hasClasses(profile);
  return {
    isClass,
    names: ["prediction"],
    cells: (i) => [predictions[i]],
    headings: [heading],
    shown: (i) => [isClass ? readable(textOf(predictions[i])) : formatTarget(predictions[i], profile.target_unit)],
  };
}

function listProbabilities(predictions, profile, heading) {
  const texts = profile.classes.map(textOf);
  const rows = predictions.map((one) => readRow(one, profile));
  return {
    isClass: true,
    names: ["prediction", ...texts.map((text) => `probability_${text}`)],
    cells: (i) => [texts[rows[i].chosen], ...rows[i].shares],
    headings: [heading, "its probability"],
    shown: (i) => [readable(texts[rows[i].chosen]), formatProbability(rows[i].shares[rows[i].chosen], { inList: true })],
  };
}
