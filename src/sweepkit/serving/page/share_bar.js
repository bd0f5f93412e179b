// A bar from nothing to everything, with a mark where something is decided.

import { draw } from "./dom.js";

const WIDTH = 100;
const HEIGHT = 8;

/** Draw a share of 0 to 1. */
export function drawShare(share, { isChosen = false, mark = null } = {}) {
  const place = Math.min(Math.max(share, 0), 1) * WIDTH;
  const at = mark === null ? null : Math.min(Math.max(mark, 0), 1) * WIDTH;
  return draw("svg", {
    class: "bar share", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true",
  },
    draw("rect", { class: "bar-all", width: WIDTH, height: HEIGHT }),
    draw("rect", { class: `share-part${isChosen ? " chosen" : ""}`, width: place, height: HEIGHT }),
    at === null ? null : draw("line", { class: "share-mark", x1: at, x2: at, y1: 0, y2: HEIGHT }));
}
