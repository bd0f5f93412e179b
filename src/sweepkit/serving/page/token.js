// Ask the person for the bearer token. It is kept by the caller, in memory only.

import { find } from "./dom.js";

const FIRST = "It stays in this page's memory and is gone when you close or reload it.";
const AGAIN = "The server did not take that token. Try another one.";

let asking = null;

/** Show the dialog; resolves to the token, or to null if the person declines. */
export function askForToken(again) {
  asking ??= show(again).finally(() => { asking = null; });
  return asking;
}

function show(again) {
  const dialog = find("token-dialog");
  const input = find("token");
  find("token-text").textContent = again ? AGAIN : FIRST;
  return new Promise((resolve) => {
    let given = null;
    find("token-form").onsubmit = (event) => {
      event.preventDefault();
      given = input.value.trim() || null;
      dialog.close();
    };
    find("token-cancel").onclick = () => dialog.close();
    dialog.onclose = () => {
      input.value = "";
      resolve(given);
    };
    dialog.showModal();
    input.focus();
  });
}
