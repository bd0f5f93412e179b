// Numbers, money and dates as people read them.

const LOCALE = "en-US";
const CURRENCIES = { "us dollars": "USD", "us dollar": "USD", dollars: "USD", usd: "USD",
  euros: "EUR", euro: "EUR", eur: "EUR", pounds: "GBP", gbp: "GBP" };

/** A number with so many significant digits; four digits stand without a comma. */
export function formatNumber(value, digits = 6) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e15 || size < 1e-6)) return value.toExponential(digits - 1);
  // Digits left of the point are never rounded away.
  const whole = size >= 1 ? Math.floor(Math.log10(size)) + 1 : 1;
  return new Intl.NumberFormat(LOCALE, {
    maximumSignificantDigits: Math.max(digits, Math.min(whole, 21)), useGrouping: "min2",
  }).format(value);
}

/** A value of the target in its unit: `$452,600`, `21.5 °C`. */
export function formatTarget(value, unit, digits = 6) {
  const currency = CURRENCIES[(unit ?? "").trim().toLowerCase()];
  if (!currency || !Number.isFinite(value)) return `${formatNumber(value, digits)} ${unit ?? ""}`.trim();
  const decimals = Math.abs(value) >= 1000 ? 0 : 2;
  return new Intl.NumberFormat(LOCALE, { style: "currency", currency,
    minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
}

export const formatShare = (share) => `${formatNumber(100 * share, 3)} %`;

/**
 * A probability to a tenth of a percent, with its zero where they stand below each other;
 * 0 and 100 % only where nothing else is possible.
 */
export function formatProbability(share, { inList = false } = {}) {
  if (!Number.isFinite(share)) return "–";
  if (share > 0 && share < 0.0005) return "< 0.1 %";
  if (share < 1 && share >= 0.9995) return "> 99.9 %";
  const tenths = (100 * share).toFixed(1);
  return `${inList && share > 0 && share < 1 ? tenths : Number(tenths)} %`;
}

export const formatCount = (count) => new Intl.NumberFormat(LOCALE).format(count);

/** A moment, given in seconds since 1970 or in ISO 8601, in the reader's own zone. */
export function formatMoment(moment) {
  const date = new Date(typeof moment === "number" ? moment * 1000 : moment);
  if (Number.isNaN(date.getTime())) return String(moment);
  return date.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}

/** `1 row`, `2 rows`. */
export function countOf(count, noun) {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listWords(words) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
