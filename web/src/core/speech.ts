/** Reading aloud and dictation, where the browser offers them. */

import { Store } from "./store";

/** The line that is being read aloud, by its id. */
export const spoken = new Store<string | null>(null);

/** Return whether this browser can read aloud. */
export function canSpeak(): boolean {
  return "speechSynthesis" in globalThis && globalThis.speechSynthesis !== undefined;
}

/** Read a line aloud; whatever was being read ends. */
export function speak(id: string, text: string, language: string): void {
  hush();
  const utterance = new SpeechSynthesisUtterance(unmarked(text));
  utterance.lang = languageOfText(text, language);
  utterance.onend = () => spoken.get() === id && spoken.set(null);
  utterance.onerror = utterance.onend;
  spoken.set(id);
  speechSynthesis.speak(utterance);
}

/** Stop reading. */
export function hush(): void {
  spoken.set(null);
  if (canSpeak()) speechSynthesis.cancel();
}

/** Return Markdown as it is read: without the marks, and without code. */
export function unmarked(text: string): string {
  return text
    .replace(/^ {0,3}(`{3,}|~{3,})[\s\S]*?(^ {0,3}\1\s*$|$(?![\s\S]))/gm, " ")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^\s{0,3}(#{1,6}|>|[-*+]|\d{1,9}[.)])\s+/gm, "")
    .replace(/[*_`~|]+/g, "")
    .trim();
}

/** Return the language to read a text in: Chinese where it is Chinese, else the page's. */
export function languageOfText(text: string, language: string): string {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return han > text.length / 5 ? "zh-CN" : language;
}

interface Recognition {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  start(): void;
  stop(): void;
  onresult: ((event: { results: ArrayLike<ArrayLike<{ transcript: string }>> }) => void) | null;
  onend: (() => void) | null;
  onerror: ((event: { error: string }) => void) | null;
}

function recognition(): (new () => Recognition) | undefined {
  const offered = globalThis as Record<string, unknown>;
  return (offered.SpeechRecognition ?? offered.webkitSpeechRecognition) as
    | (new () => Recognition)
    | undefined;
}

/** Return whether this browser can take dictation. */
export function canListen(): boolean {
  return recognition() !== undefined;
}

/**
 * Take dictation: `onText` is called with all that was heard so far, `onEnd` when it is over.
 *
 * Returns what stops it.
 */
export function listen(
  language: string,
  onText: (text: string) => void,
  onEnd: () => void,
): () => void {
  const Made = recognition();
  if (!Made) return () => undefined;
  const listening = new Made();
  listening.lang = language;
  listening.continuous = true;
  listening.interimResults = true;
  listening.onresult = ({ results }) =>
    onText(Array.from(results, (result) => result[0]?.transcript ?? "").join(""));
  listening.onend = onEnd;
  listening.onerror = onEnd;
  listening.start();
  return () => listening.stop();
}
