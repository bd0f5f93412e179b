// What somebody should know before they trust the page, at its top.

import { fill, find, make } from "./dom.js";
import { read, Refusal } from "./server.js";

const EVERY = 15;

/** Show sentences, with a button beside the first. */
export function notify(texts, button = null) {
  const place = find("notices");
  // Unchanged ones stay as they are: the place is read out on every change.
  if (place.dataset.texts === JSON.stringify(texts)) return;
  place.dataset.texts = JSON.stringify(texts);
  fill(place, ...texts.map((text, i) => make("p", { class: "notice" }, text, i === 0 ? button : null)));
}

/** Returns what looks at `/ready` on the first of every fifteen calls. */
export function watchReady(model) {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls % EVERY !== 1) return;
    try {
      tell(await read("ready", { quiet: true }), model);
    } catch (refusal) {
      // Whether it is ready is told by its answers to /usage already.
      if (!(refusal instanceof Refusal)) throw refusal;
    }
  };
}

export function makeButton(text, onClick) {
  const button = make("button", { type: "button", class: "quiet" }, text);
  button.addEventListener("click", onClick);
  return button;
}

function tell({ version, registry, refused }, model) {
  // Without a token the server says no more than that it is ready.
  const isOutdated = version !== undefined && version !== null && version !== model.version;
  notify([
    isOutdated ? `Version ${version} serves now; this page still describes version ${model.version}.` : "",
    refused ? `Version ${refused.version} was refused, the one before it serves on: ${refused.reason}` : "",
    registry?.reachable === false ? `The registry is out of reach. ${registry.message}`.trim() : "",
  ].filter(Boolean), isOutdated ? makeButton("Reload", () => location.reload()) : null);
}
