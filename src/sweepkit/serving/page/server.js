// Talk to the server the page came from, and to no other.

import { askForToken } from "./token.js";

let token = null;

/** An answer that is not the one asked for. */
export class Refusal extends Error {
  constructor(status, body, retryAfter) {
    super(body?.message ?? `The server answered with status ${status}.`);
    this.status = status;
    this.code = body?.error_code ?? "";
    this.details = Array.isArray(body?.details) ? body.details : [];
    this.nMore = Number(body?.more ?? 0);
    this.retryAfter = Number(retryAfter) || 1;
  }
}

export const addressOf = (path) => new URL(path, document.baseURI).href;

export const usesToken = () => token !== null;

/** GET a JSON document; `quiet` refuses instead of asking the person for a token. */
export async function read(path, { quiet = false } = {}) {
  const { body } = await send(path, { quiet });
  return body;
}

/** POST rows to `/invocations`; returns the answer's body, headers and time taken. */
export async function predict(body, contentType, { signal, query = "" } = {}) {
  const method = "POST";
  return send(`invocations${query}`, { method, body, signal, headers: { "Content-Type": contentType } });
}

async function send(path, { quiet = false, headers = {}, ...options }) {
  for (;;) {
    const sent = token;
    const started = performance.now();
    const response = await reach(path, { ...options, headers: { ...headers, ...proof(sent) } });
    const body = await readJson(response);
    const milliseconds = performance.now() - started;
    if (response.ok) return { body, headers: response.headers, milliseconds };
    const refusal = new Refusal(response.status, body, response.headers.get("Retry-After"));
    if (response.status !== 401 || quiet) throw refusal;
    // Another request may have brought a newer token meanwhile.
    if (token === sent) token = await askForToken(sent !== null);
    if (token === null) throw refusal;
  }
}

const proof = (secret) => (secret === null ? {} : { Authorization: `Bearer ${secret}` });

async function reach(path, options) {
  try {
    return await fetch(addressOf(path), { cache: "no-store", redirect: "error", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, { message: "The server cannot be reached. Is it still running?" });
  }
}

async function readJson(response) {
  try {
    return await response.json();
  } catch {
    if (response.ok) throw new Refusal(response.status, { message: "The server's answer is not JSON." });
    return null;
  }
}
