/**
 * The copy of the safety plan on this device, for when Tau can't be reached.
 *
 * There's none unless the person asks for it: locked with a passphrase of theirs (AES-GCM, its key by
 * PBKDF2), or readable by anybody who uses this device, if that's what they chose.
 */

import { Store } from "../store";

/** A question of the plan and its answer, one line each. */
export interface PlanPart {
  label: string;
  lines: string[];
}

export type PlanCopy =
  | { kind: "open"; person: string; version: string; parts: PlanPart[] }
  | { kind: "locked"; person: string; version: string; salt: string; iv: string; sealed: string };

const KEY = "tau.care.plan";
const ROUNDS = 600_000;
export const LEAST_PASSPHRASE = 6;

export const planCopy = new Store<PlanCopy | null>(read());

/** Keep the plan so that anybody who uses this device can read it. */
export function keepOpen(person: string, version: string, parts: PlanPart[]): void {
  write({ kind: "open", person, version, parts });
}

/** Keep the plan locked with a passphrase, which is kept nowhere. */
export async function keepLocked(
  person: string,
  version: string,
  parts: PlanPart[],
  passphrase: string,
): Promise<void> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await keyOf(passphrase, salt, "encrypt");
  const words = new TextEncoder().encode(JSON.stringify(parts));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, words);
  const text = { salt: toText(salt), iv: toText(iv), sealed: toText(new Uint8Array(sealed)) };
  write({ kind: "locked", person, version, ...text });
}

/** Return what a copy holds; `null` if the passphrase is wrong. */
export async function openCopy(copy: PlanCopy, passphrase: string): Promise<PlanPart[] | null> {
  if (copy.kind === "open") return copy.parts;
  try {
    const key = await keyOf(passphrase, toBytes(copy.salt), "decrypt");
    const iv = toBytes(copy.iv);
    const words = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, toBytes(copy.sealed));
    return JSON.parse(new TextDecoder().decode(words)) as PlanPart[];
  } catch {
    return null;
  }
}

/** Delete the copy. */
export function dropCopy(): void {
  write(null);
}

/** Whether this browser can lock a copy: only pages that came by https, or from this machine. */
export const canLock = (): boolean => globalThis.crypto?.subtle !== undefined;

async function keyOf(
  passphrase: string,
  salt: Uint8Array<ArrayBuffer>,
  use: "encrypt" | "decrypt",
): Promise<CryptoKey> {
  const words = new TextEncoder().encode(passphrase.normalize("NFKC"));
  const base = await crypto.subtle.importKey("raw", words, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, [use]);
}

function write(copy: PlanCopy | null): void {
  try {
    if (copy) globalThis.localStorage?.setItem(KEY, JSON.stringify(copy));
    else globalThis.localStorage?.removeItem(KEY);
    planCopy.set(copy);
  } catch {
    planCopy.set(read()); // the browser keeps nothing
  }
}

function read(): PlanCopy | null {
  try {
    const kept: unknown = JSON.parse(globalThis.localStorage?.getItem(KEY) ?? "null");
    const kind = (kept as PlanCopy | null)?.kind;
    return kind === "open" || kind === "locked" ? (kept as PlanCopy) : null;
  } catch {
    return null;
  }
}

const toText = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
