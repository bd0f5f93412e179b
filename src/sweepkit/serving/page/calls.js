// The present row as calls to copy: curl, Python, MLflow's own client.

import { writeBody } from "./answer.js";
import { addressOf, usesToken } from "./server.js";

/** Every kind of call: its name on the tab, and a function of columns, cells, params. */
export const CALLS = [
  { name: "curl", write: writeCurl },
  { name: "Python", write: writePython },
  { name: "MLflow client", write: writeMlflow },
];

function writeCurl(columns, cells, params) {
  // The token itself is not written: what is copied ends up in files and histories.
  const proof = usesToken() ? '  -H "Authorization: Bearer $TOKEN" \\\n' : "";
  return `curl ${quote(addressOf("invocations"))} \\\n${proof}`
    + `  -H 'Content-Type: application/json' \\\n  -d ${quote(writeTable(columns, cells, params))}`;
}

function writeTable(columns, cells, params) {
  const { dataframe_split: table } = writeBody(columns, cells);
  const wish = params ? `,\n "params": ${JSON.stringify(params)}` : "";
  return `{"dataframe_split": {\n  "columns": ${writeList(table.columns)},\n  "data": [${writeList(table.data[0])}]}${wish}}`;
}

const writeList = (values) => `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;

function writePython(columns, cells, params) {
  const proof = usesToken() ? '    headers={"Authorization": f"Bearer {os.environ[\'TOKEN\']}"},\n' : "";
  return `${usesToken() ? "import os\n\n" : ""}import requests

row = ${writeDict(columns, cells)}
answer = requests.post(
    ${literal(addressOf("invocations"))},
    json={"dataframe_records": [row]${params ? `, "params": ${JSON.stringify(params)}` : ""}},
${proof}    timeout=10,
)
answer.raise_for_status()
print(answer.json()["predictions"][0])`;
}

function writeMlflow(columns, cells, params) {
  const proof = usesToken()
    ? "# MLflow's client sends no token: use the Python call, or a proxy that adds it.\n" : "";
  return `${proof}from mlflow.pyfunc.scoring_server.client import ScoringServerClient
import pandas as pd

client = ${writeClient()}
row = ${writeDict(columns, cells)}
print(client.invoke(pd.DataFrame([row])${params ? `, params=${JSON.stringify(params)}` : ""}).get_predictions())`;
}

// It takes a host and a port; what is below a path or uses TLS must be set afterwards.
function writeClient() {
  const { protocol, hostname, port, pathname, href } = new URL(addressOf(""));
  if (protocol === "http:" && pathname === "/") {
    return `ScoringServerClient(${literal(hostname)}, ${port || 80})`;
  }
  return `ScoringServerClient("", 0)\nclient.url_prefix = ${literal(href.replace(/\/$/, ""))}`;
}

function writeDict(columns, cells) {
  const lines = columns.map((column, i) => `    ${literal(column)}: ${literal(cells[i])},\n`);
  return `{\n${lines.join("")}}`;
}

/** A cell as a Python literal; JSON strings and numbers are such already. */
function literal(cell) {
  if (cell === null) return "None";
  if (typeof cell === "boolean") return cell ? "True" : "False";
  return JSON.stringify(cell);
}

/** A text as one word of a POSIX shell. */
const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
