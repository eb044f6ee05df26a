/** Uploads with progress, which `fetch` doesn't report. */

import { Refused, Unreachable } from "./errors";
import { expected } from "./http";

export interface Sending {
  /** Called with the part that was sent, from 0 to 1. */
  onPart: (part: number) => void;
  signal: AbortSignal;
}

/** Upload a file and return the response. Raises `Refused`, `Unreachable` or an `AbortError`. */
export function upload<T>(path: string, file: Blob, { onPart, signal }: Sending): Promise<T> {
  return new Promise((resolve, reject) => {
    const asked = new XMLHttpRequest();
    const stopped = () => reject(new DOMException("The upload was stopped.", "AbortError"));
    if (signal.aborted) return stopped();
    signal.addEventListener("abort", () => asked.abort(), { once: true });
    asked.upload.onprogress = (event) =>
      event.lengthComputable && event.total > 0 && onPart(event.loaded / event.total);
    asked.onabort = stopped;
    asked.onerror = () => reject(new Unreachable());
    asked.onload = () => {
      const body = parsed(asked.responseText);
      if (asked.status >= 200 && asked.status < 300) resolve(body as T);
      else reject(refusal(asked, body));
    };
    asked.open("POST", path);
    for (const [name, value] of Object.entries(expected())) asked.setRequestHeader(name, value);
    asked.setRequestHeader("Content-Type", "application/octet-stream");
    asked.send(file);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function refusal(asked: XMLHttpRequest, body: unknown): Error {
  const error = (body as { error?: { code: string; sentence: string } } | null)?.error;
  if (error) return new Refused(asked.status, error.code, error.sentence);
  // Not Tau's response: a proxy answered in its place.
  if (asked.status >= 502 && asked.status <= 504) return new Unreachable();
  return new Refused(asked.status, "refused", asked.statusText);
}
