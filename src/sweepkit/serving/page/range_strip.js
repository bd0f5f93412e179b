// A thin line below a number: where it stands among the training values.

import { draw } from "./dom.js";

const WIDTH = 100;
const HEIGHT = 6;

/** The line runs over the share of training rows below a value, 0 to 100 %. */
export function buildStrip(quantiles) {
  const y = HEIGHT / 2;
  const marker = draw("rect", { class: "strip-mark", y: 0, width: 2, height: HEIGHT, rx: 1 });
  const element = draw("svg", {
    class: "strip", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true",
  },
    draw("line", { class: "strip-all", x1: 0, x2: WIDTH, y1: y, y2: y }),
    draw("line", { class: "strip-most", x1: WIDTH / 10, x2: WIDTH * 0.9, y1: y, y2: y }),
    marker,
  );
  return {
    element,
    show(value) {
      const outside = value !== null && (value < quantiles[0] || value > quantiles.at(-1));
      marker.classList.toggle("outside", outside);
      marker.setAttribute("visibility", value === null ? "hidden" : "visible");
      marker.setAttribute("x", (rankOf(value ?? 0, quantiles) * (WIDTH - 2)).toFixed(2));
    },
  };
}

/** The share of training values below one, read off their quantiles. */
export function rankOf(value, quantiles) {
  const last = quantiles.length - 1;
  if (value <= quantiles[0]) return 0;
  if (value >= quantiles[last]) return 1;
  const above = quantiles.findIndex((quantile) => quantile > value);
  const [low, high] = [quantiles[above - 1], quantiles[above]];
  return (above - 1 + (value - low) / (high - low)) / last;
}
