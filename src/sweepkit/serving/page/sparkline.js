// A small line of recent values.

import { draw } from "./dom.js";

const WIDTH = 120;
const HEIGHT = 32;
const EDGE = 2;

/** Draw values, oldest first; the line fills in from the right. */
export function drawSparkline(values, places, label) {
  const top = Math.max(...values, 0) || 1;
  const x = (i) => WIDTH - EDGE - ((values.length - 1 - i) * (WIDTH - 2 * EDGE)) / (places - 1);
  const y = (value) => HEIGHT - EDGE - (value / top) * (HEIGHT - 2 * EDGE);
  const points = values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`);
  const floor = HEIGHT - EDGE;
  const area = points.length > 1
    ? `M${x(0).toFixed(1)},${floor}L${points.join("L")}L${WIDTH - EDGE},${floor}Z` : "";
  return draw("svg", {
    class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label,
    preserveAspectRatio: "none",
  },
    draw("line", { class: "spark-floor", x1: 0, x2: WIDTH, y1: floor, y2: floor }),
    draw("path", { class: "spark-area", d: area }),
    draw("polyline", { class: "spark-line", points: points.join(" ") }),
  );
}
