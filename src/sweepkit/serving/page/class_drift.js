// Which classes recent rows were given, against those of the training rows.

import { hasClasses, readable, textOf } from "./classes.js";
import { breakable, fill, find, make, makeTable } from "./dom.js";
import { nameLevel } from "./drift.js";
import { countOf, formatProbability } from "./format.js";
import { drawShare } from "./share_bar.js";

const MOST = 20;
const LIST = { inList: true };

/** Show both shares of each class; before enough rows came those of training alone. */
export function showClasses(found, profile) {
  const shares = profile.class_shares ?? [];
  find("classes").hidden = !hasClasses(profile) || !shares.length;
  if (find("classes").hidden) return;
  const now = found?.classes.map((one) => one.now);
  const rows = profile.classes.map((label, i) => ({
    text: readable(textOf(label)), before: shares[i], now: now?.[i] ?? null,
  })).sort((a, b) => b.before - a.before);
  fill(find("classes-sentence"), ...describe(found));
  fill(find("class-drift"),
    makeTable("Shares of each class", ["Class", "", "In training", "Now"],
      rows.slice(0, MOST).map(writeRow), (i) => i > 1),
    rows.length > MOST ? make("p", { class: "soft small" }, `And ${rows.length - MOST} rarer ones.`) : null);
}

function writeRow({ text, before, now }) {
  return [breakable(text), drawShare(now ?? before, { isChosen: now !== null, mark: before }),
    formatProbability(before, LIST), now === null ? "–" : formatProbability(now, LIST)];
}

function describe(found) {
  if (!found) return ["Too few rows so far to compare the classes they were given."];
  return [`Index ${found.psi.toFixed(3)} over the last ${countOf(found.rows, "row")}: `,
    nameLevel(found.level), ". A mark stands at the share in training."];
}
