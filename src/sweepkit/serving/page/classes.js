// Classes in the page's terms: labels as text, in their order, and the one decided for.

export const hasClasses = ({ classes }) => (classes?.length ?? 0) > 0;

/** A label as the server spells it in JSON: a number or a truth without quotes. */
export const textOf = (label) => String(label);

export const readable = (text) => (text === "" ? "(empty text)" : text);

/** From which probability of the second class on two classes are that one. */
export const thresholdOf = ({ threshold }) => threshold ?? 0.5;

/**
 * One row's probabilities in the order of the labels, and the place of the class that
 * the server would decide for. Keys of an object lose their order where they look
 * like numbers.
 */
export function readRow(probabilities, profile) {
  const shares = profile.classes.map((label) => probabilities[textOf(label)]);
  return { shares, chosen: decide(shares, profile) };
}

function decide(shares, profile) {
  if (shares.length === 2) return shares[1] >= thresholdOf(profile) ? 1 : 0;
  return shares.indexOf(Math.max(...shares));
}

/** `yes or no`, `a, b or c`, `one of 23 classes`. */
export function listClasses({ classes }, most = 5) {
  if (classes.length > most) return `one of ${classes.length} classes`;
  const texts = classes.map((label) => readable(textOf(label)));
  return `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`;
}
