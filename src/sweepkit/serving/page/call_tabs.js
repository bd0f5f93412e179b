// Tabs with the calls, and buttons that copy them.

import { chooseParams } from "./answer.js";
import { CALLS } from "./calls.js";
import { hasClasses } from "./classes.js";
import { fill, find, make } from "./dom.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** Build the tabs; returns a function that writes the calls anew for a row. */
export function buildCallTabs(profile) {
  const tabs = CALLS.map(({ name }, i) => buildTab(name, i));
  fill(find("call-tabs"), ...tabs.map(({ tab }) => tab));
  fill(find("call-panels"), ...tabs.map(({ panel }) => panel));
  const select = (chosen) => tabs.forEach(({ tab, panel }, i) => {
    tab.setAttribute("aria-selected", String(i === chosen));
    // One Tab stop for the whole list; the arrow keys walk inside it.
    tab.tabIndex = i === chosen ? 0 : -1;
    panel.hidden = i !== chosen;
  });
  tabs.forEach(({ tab }, i) => {
    tab.addEventListener("click", () => select(i));
    tab.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step) return;
      const next = (i + step + tabs.length) % tabs.length;
      select(next);
      tabs[next].tab.focus();
    });
  });
  select(0);
  return offerProbabilities(profile, (columns, cells, params) => tabs.forEach(({ code }, i) => {
    code.textContent = CALLS[i].write(columns, cells, params);
  }));
}

// Classes are answered as labels unless a call asks for more.
function offerProbabilities(profile, write) {
  const box = find("call-probabilities");
  box.closest("label").hidden = !hasClasses(profile);
  let latest = null;
  const writeLatest = () => write(...latest, box.checked ? chooseParams({ profile }) : null);
  box.onchange = () => latest && writeLatest();
  return (columns, cells) => {
    latest = [columns, cells];
    writeLatest();
  };
}

function buildTab(name, i) {
  const code = make("code");
  const copy = make("button", { type: "button", class: "quiet copy", "aria-label": `Copy the ${name} call` }, "Copy");
  copy.addEventListener("click", () => copyText(code, copy));
  const tab = make("button", {
    type: "button", role: "tab", id: `call-tab-${i}`, "aria-controls": `call-panel-${i}`,
  }, name);
  const panel = make("div", {
    role: "tabpanel", id: `call-panel-${i}`, "aria-labelledby": `call-tab-${i}`, class: "call",
  }, make("pre", { tabindex: "0", "aria-label": `${name} call` }, code), copy);
  return { tab, panel, code };
}

// Browsers offer the clipboard to secure pages only; else the text is selected.
async function copyText(code, button) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(code);
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}
