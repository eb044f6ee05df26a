// Tau's API as the page uses it: JSON requests, and event streams that are taken up where they broke.

export class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

async function refusal(response) {
  let sentence = response.statusText;
  try {
    sentence = (await response.json()).error.sentence;
  } catch {
    // a proxy's page: its status has to do
  }
  return new Refused(response.status, sentence);
}

async function request(method, path, body, headers = {}) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(path, { method, headers, credentials: "same-origin", ...sent });
  if (!response.ok) throw await refusal(response);
  return response;
}

async function json(method, path, body) {
  const response = await request(method, path, body);
  return response.status === 204 ? null : response.json();
}

export const get = (path) => json("GET", path);
export const post = (path, body = {}) => json("POST", path, body);
export const patch = (path, body) => json("PATCH", path, body);
export const erase = (path) => json("DELETE", path);
export const part = encodeURIComponent;

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

// Server-sent events (WHATWG HTML, section 9.2.6), as objects.
async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const pieces = (rest + value).split("\n\n");
      rest = pieces.pop();
      for (const piece of pieces) {
        const data = piece.split("\n").filter((line) => line.startsWith("data:"));
        if (data.length) yield JSON.parse(data.map((line) => line.slice(5).trimStart()).join("\n"));
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

const pause = (seconds) => new Promise((resume) => setTimeout(resume, seconds * 1000));
const STREAM = { Accept: "text/event-stream" };

// Yields a turn's events to its end, over as many connections as that takes. `begin` makes the first.
export async function* turnEvents(turn, begin, onLost = () => {}) {
  let seen = 0;
  let failures = 0;
  let open = begin ? () => request("POST", begin.path, { ...begin.body, turn }, { ...STREAM }) : null;
  for (;;) {
    try {
      const path = `/api/turns/${part(turn)}/events`;
      const response = await (open ?? (() => request("GET", path, undefined, { ...STREAM, "Last-Event-ID": String(seen) })))();
      open = null;
      for await (const event of eventsOf(response)) {
        if (event.id <= seen) continue;
        seen = event.id;
        failures = 0;
        yield event;
        if (event.type === "done" || event.type === "failed") return;
      }
    } catch (error) {
      if (error instanceof Refused && error.status < 500) throw error;
      if (open && failures >= 2) throw error;
    }
    failures += 1;
    if (failures > 1) onLost();
    await pause(Math.min(10, 0.25 * 2 ** failures));
  }
}

// Yields what changes on other devices, for as long as the page is open.
export async function* changes() {
  for (let failures = 0; ; failures += 1) {
    try {
      const response = await request("GET", "/api/changes", undefined, { ...STREAM });
      for await (const change of eventsOf(response)) {
        failures = 0;
        yield change;
      }
    } catch (error) {
      if (error instanceof Refused && error.status === 401) return;
    }
    await pause(Math.min(30, 2 ** failures));
    yield { what: "resync" };
  }
}
