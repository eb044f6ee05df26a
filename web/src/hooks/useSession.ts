import { isSignedOut, Unreachable } from "../core/errors";
import { post, request } from "../core/http";
import { COPY_HEADER } from "../core/offline";
import { reachable, session, sessionEnded } from "../core/session";
import { Store } from "../core/store";
import type { Me } from "../core/types";

/** Why a sign-in link was refused, for the sign-in page. */
export const refusedLink = new Store<unknown>(null);
/** The code that says why a provider signed nobody in, for the sign-in page. */
export const refusedAtProvider = new Store<string | null>(null);
/** The key of the invitation in the page's address. */
export const invitation = new Store<string | null>(null);

/** Sign in with the key of a one-time link, or with the browser's session. */
export function enter(): Promise<void> {
  entering ??= find().finally(() => {
    entering = null;
  });
  return entering;
}

let entering: Promise<void> | null = null;

async function find(): Promise<void> {
  const given = keysInAddress();
  if (given.refused) refusedAtProvider.set(given.refused);
  if (given.invitation) {
    invitation.set(given.invitation);
    session.set({ state: "out", ended: false });
    return;
  }
  try {
    // Opening a link doesn't use it up; this request does.
    if (given.key) await enterWithLink(given.key);
    else await enterAsBefore();
  } catch (error) {
    if (given.key) refusedLink.set(error);
    await enterWithoutLink(error, given.key !== null);
  }
}

/** Sign in with a link; where somebody is signed in already, they are asked first. */
async function enterWithLink(link: string): Promise<void> {
  const present = await me().catch(() => null);
  if (present && !present.isCopy) session.set({ state: "choosing", me: present.person, link });
  else await redeem(link);
}

/** Replace the session of this browser, if it has one, by that of a link. */
export async function redeem(link: string): Promise<void> {
  welcome(await post<Me>("/api/welcome", { key: link }));
}

/** A used link may have been used by this browser. */
async function enterWithoutLink(error: unknown, hadLink: boolean): Promise<void> {
  try {
    if (!hadLink) throw error;
    await enterAsBefore();
  } catch (why) {
    if (why instanceof Unreachable) reachable.set(false);
    if (!isSignedOut(why)) refusedLink.set(why);
    session.set({ state: "out", ended: false });
  }
}

/** Record who signed in. */
export function welcome(person: Me, offline = false): void {
  refusedLink.set(null);
  refusedAtProvider.set(null);
  invitation.set(null);
  session.set({ state: "in", me: person, offline });
}

/** Sign in with the browser's session or, while Tau is unreachable, with the offline copy. */
async function enterAsBefore(): Promise<void> {
  const { person, isCopy } = await me();
  if (isCopy) reachable.set(false);
  welcome(person, isCopy);
}

/** Verify an offline session with the server; returns whether it answered. */
export async function enterAgain(): Promise<boolean> {
  try {
    const { person, isCopy } = await me();
    if (!isCopy) welcome(person);
    return !isCopy;
  } catch (error) {
    if (isSignedOut(error)) sessionEnded();
    return false;
  }
}

async function me(): Promise<{ person: Me; isCopy: boolean }> {
  const response = await request("GET", "/api/me");
  return { person: (await response.json()) as Me, isCopy: response.headers.has(COPY_HEADER) };
}

/** The key is in the URL's fragment, which browsers never send, so no log contains it. */
function keysInAddress(): Record<"key" | "invitation" | "refused", string | null> {
  const asked = new URLSearchParams(location.pathname === "/welcome" ? location.hash.slice(1) : "");
  const found = {
    key: asked.get("key"),
    invitation: asked.get("invitation"),
    refused: asked.get("refused"),
  };
  if (found.key || found.invitation || found.refused) history.replaceState(null, "", "/");
  return found;
}
