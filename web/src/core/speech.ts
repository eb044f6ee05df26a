/** Reading aloud and dictation, where the browser offers them. */

import { session } from "./session";
import { Store } from "./store";

/** The id of the message that is being read aloud. */
export const spoken = new Store<string | null>(null);

/** Return whether this browser can read aloud. */
export function canSpeak(): boolean {
  return "speechSynthesis" in globalThis && globalThis.speechSynthesis !== undefined;
}

/** Read a message aloud, and stop any other. */
export function speak(id: string, text: string, language: string): void {
  stopSpeaking();
  const utterance = new SpeechSynthesisUtterance(unmarked(text));
  utterance.lang = languageOfText(text, language);
  utterance.onend = () => spoken.get() === id && spoken.set(null);
  utterance.onerror = utterance.onend;
  spoken.set(id);
  speechSynthesis.speak(utterance);
}

/** Stop reading. */
export function stopSpeaking(): void {
  spoken.set(null);
  if (canSpeak()) speechSynthesis.cancel();
}

// Nobody's words are read on once they left.
session.subscribe(() => session.get().state === "out" && stopSpeaking());

/** Return Markdown as plain text for reading aloud, without code. */
export function unmarked(text: string): string {
  return text
    .replace(/^ {0,3}(`{3,}|~{3,})[\s\S]*?(^ {0,3}\1\s*$|$(?![\s\S]))/gm, " ")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^\s{0,3}(#{1,6}|>|[-*+]|\d{1,9}[.)])\s+/gm, "")
    .replace(/[*_`~|]+/g, "")
    .trim();
}

/** Return the language of a text for reading aloud: Chinese if it's Chinese, else the app's. */
export function languageOfText(text: string, language: string): string {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return han > text.length / 5 ? "zh-CN" : language;
}

/** The results since dictation began; pieces that aren't final may change. */
type Heard = ArrayLike<ArrayLike<{ transcript: string }> & { isFinal?: boolean }>;

interface Recognition {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  start(): void;
  stop(): void;
  onresult: ((event: { results: Heard }) => void) | null;
  onend: (() => void) | null;
  onerror: ((event: { error: string }) => void) | null;
}

function recognition(): (new () => Recognition) | undefined {
  const offered = globalThis as Record<string, unknown>;
  return (offered.SpeechRecognition ?? offered.webkitSpeechRecognition) as
    | (new () => Recognition)
    | undefined;
}

/** Return whether this browser supports dictation. */
export function canListen(): boolean {
  return recognition() !== undefined;
}

/** The field to dictate into. */
export interface Dictated {
  /** Its current text. */
  words: () => string;
  onWords: (words: string) => void;
  onEnd: () => void;
}

export interface Listening {
  /** Stop listening; a pending guess is still written. */
  stop: () => void;
  /** Stop listening and writing, because the message was sent. */
  drop: () => void;
}

/** Dictate into a field, which can be edited meanwhile. */
export function listen(language: string, into: Dictated): Listening | null {
  const Made = recognition();
  if (!Made) return null;
  const listening = new Made();
  const dictation = new Dictation(into);
  listening.lang = language;
  listening.continuous = true;
  listening.interimResults = true;
  listening.onresult = ({ results }) => dictation.take(results);
  listening.onend = into.onEnd;
  listening.onerror = into.onEnd;
  listening.start();
  const drop = () => {
    listening.onresult = null;
    listening.onend = null;
    listening.onerror = null;
    listening.stop();
  };
  return { stop: () => listening.stop(), drop };
}

/** Writes results: final ones stay, a guess is replaced by the next one. */
class Dictation {
  #written = 0;
  #guess = "";

  constructor(readonly into: Dictated) {}

  take(results: Heard): void {
    const pieces = Array.from(results);
    const from = this.#written;
    const guessed = pieces.findIndex((piece, at) => at >= from && !piece.isFinal);
    this.#written = guessed < 0 ? pieces.length : guessed;
    const said = textOf(pieces.slice(from, this.#written));
    const [before, after] = this.#around();
    const sure = joined(before, said);
    const all = joined(sure, textOf(pieces.slice(this.#written)));
    this.#guess = all.slice(sure.length);
    this.into.onWords(all + after);
  }

  /** The text before and after the last guess; all of it is before if the guess was overwritten. */
  #around(): [before: string, after: string] {
    const words = this.into.words();
    const at = this.#guess ? words.lastIndexOf(this.#guess) : -1;
    return at < 0 ? [words, ""] : [words.slice(0, at), words.slice(at + this.#guess.length)];
  }
}

function textOf(pieces: readonly ArrayLike<{ transcript: string }>[]): string {
  return pieces.map((piece) => piece[0]?.transcript ?? "").join("");
}

const UNSPACED = /[\p{Script=Han}，。！？、\s]/u;

/** Append dictated text, with a space if the language uses spaces. */
function joined(before: string, said: string): string {
  const isSpaced = ![before.at(-1) ?? " ", said[0] ?? " "].some((one) => UNSPACED.test(one));
  return isSpaced ? `${before} ${said}` : before + said;
}
