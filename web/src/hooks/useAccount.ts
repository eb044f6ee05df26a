import { useQuery, useQueryClient } from "@tanstack/react-query";
import { clearDrafts } from "../core/drafts";
import { erase, get, part, patch, post, put } from "../core/http";
import { forgetPerson } from "../core/outbox";
import { session } from "../core/session";
import { closeAll } from "../core/space/opened";
import { dropCopy } from "../core/space/planCopy";
import type {
  KeyLimits,
  KeyList,
  KeyMade,
  Life,
  Me,
  NewDataKey,
  OneTimeLink,
  PersonList,
  RecoveryCode,
  SlotList,
} from "../core/types";
import { go } from "./useRoute";
import { useStore } from "./useStore";

/** Return the signed-in person; only for pages that need a sign-in. */
export function useMe(): Me {
  const here = useStore(session);
  if (here.state !== "in") throw new Error("Nobody is signed in here.");
  return here.me;
}

function keepMe(change: Partial<Me>): void {
  const here = session.get();
  if (here.state === "in") session.set({ ...here, me: { ...here.me, ...change } });
}

/** Return the actions on the person's account. */
export function useAccountActs() {
  const queries = useQueryClient();
  const leave = () => {
    queries.clear();
    clearDrafts();
    dropCopy();
    closeAll();
    session.set({ state: "out", ended: false });
    go({ page: "new", private: false }, { replace: true });
  };
  return {
    change: async (what: { name?: string; learns_while_away?: boolean }) =>
      keepMe(await patch<Me>("/api/me", what)),
    setPassword: async (password: string, signOutOthers: boolean) => {
      await put("/api/password", { password, sign_out_others: signOutOthers });
      keepMe({ has_password: true });
      await queries.invalidateQueries({ queryKey: ["sessions"] });
    },
    makeRecoveryCode: async () => {
      const { code } = await post<RecoveryCode>("/api/recovery-code");
      keepMe({ has_recovery_code: true });
      return code;
    },
    changeDataKey: async (password: string | null) => {
      const { recovery_code } = await post<NewDataKey>("/api/data-key", { password });
      if (recovery_code !== null) keepMe({ has_recovery_code: true });
      for (const key of ["sessions", "keys"]) await queries.invalidateQueries({ queryKey: [key] });
      return recovery_code;
    },
    signOut: async () => {
      await post("/api/sign-out");
      leave();
    },
    removeMyself: async (id: string) => {
      await erase(`/api/people/${part(id)}`);
      forgetPerson(id);
      leave();
    },
  };
}

/** Return the devices that are signed in. */
export function useSessions() {
  return useQuery({
    queryKey: ["sessions"],
    queryFn: ({ signal }) => get<SlotList>("/api/sessions", signal),
    staleTime: 0,
  });
}

/** Return the API keys and their limits. */
export function useKeys() {
  return useQuery({
    queryKey: ["keys"],
    queryFn: ({ signal }) => get<KeyList>("/api/keys", signal),
    staleTime: 0,
  });
}

/** Return the actions on devices and keys. */
export function useSlotActs() {
  const queries = useQueryClient();
  return {
    makeLink: () => post<OneTimeLink>("/api/links"),
    makeKey: async (label: string) => {
      const { key } = await post<KeyMade>("/api/keys", { label });
      await queries.invalidateQueries({ queryKey: ["keys"] });
      return key;
    },
    limitKey: async (id: string, limits: KeyLimits, expires_at: number | null) => {
      await put(`/api/keys/${part(id)}`, { limits, expires_at });
      await queries.invalidateQueries({ queryKey: ["keys"] });
    },
    revoke: async (what: "sessions" | "keys", id: string) => {
      await erase(`/api/${what}/${part(id)}`);
      await queries.invalidateQueries({ queryKey: [what] });
    },
  };
}

/** Return all people of this Tau. */
export function usePeople() {
  return useQuery({
    queryKey: ["people"],
    queryFn: ({ signal }) => get<PersonList>("/api/people", signal),
    staleTime: 0,
  });
}

/** Return the owner's actions on people. */
export function usePeopleActs() {
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: ["people"] });
  return {
    invite: () => post<OneTimeLink>("/api/invitations"),
    rename: async (id: string, name: string) => {
      await patch(`/api/people/${part(id)}`, { name });
      const here = session.get();
      if (here.state === "in" && here.me.id === id) keepMe({ name });
      await again();
    },
    remove: async (id: string) => {
      await erase(`/api/people/${part(id)}`);
      await again();
    },
  };
}

/** Return the counts of the person's conversations, messages and facts. */
export function useLife() {
  return useQuery({
    queryKey: ["life"],
    queryFn: ({ signal }) => get<Life>("/api/life", signal),
    staleTime: 0,
  });
}
