// Build elements. Texts only ever become text nodes: names from data are never markup.

const SVG = "http://www.w3.org/2000/svg";

export const find = (id) => document.getElementById(id);

/** Make an HTML element; a null child or attribute is left out. */
export function make(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function draw(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), attributes, children);
}

/** Replace everything inside an element. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

/** A table in a box that scrolls on its own, so that the page never does sideways. */
export function makeTable(label, headings, rows, numeric = () => false) {
  const cell = (tag) => (content, i) =>
    make(tag, { class: numeric(i) ? "number" : null, scope: tag === "th" ? "col" : null }, content);
  return make("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" },
    make("table", {},
      make("thead", {}, make("tr", {}, ...headings.map(cell("th")))),
      make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map(cell("td"))))),
    ));
}

/** A name that may break after its underscores and dots. */
export function breakable(name) {
  const pieces = String(name).split(/(?<=[_.])/);
  return make("span", {}, ...pieces.flatMap((piece) => [piece, make("wbr")]).slice(0, -1));
}

function furnish(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...present(children));
  return element;
}

const present = (children) => children.filter((child) => child !== null && child !== undefined);
