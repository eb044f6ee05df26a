import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { Unreachable } from "../core/errors";
import { part, request } from "../core/http";
import { session } from "../core/session";
import { showHelp } from "../core/space/danger";
import { FormKeeper, type KeeperNeed, type Keeping } from "../core/space/keeping";
import type { CareForm, Exercise, FormContent, SavedForm } from "../core/types";
import { CARE } from "./useSpace";
import { useStore } from "./useStore";

export interface KeptForm {
  content: FormContent;
  edit: (content: FormContent) => void;
  state: Keeping;
  /** Save what isn't saved yet; returns the form, if there's one. */
  save: () => Promise<CareForm | null>;
}

/** Return a form that's saved while it's being filled in, also when the page is left. */
export function useKeptForm(exercise: Exercise, form: CareForm | null): KeptForm {
  const queries = useQueryClient();
  const [content, setContent] = useState<FormContent>({
    values: form?.values ?? {},
    rows: form?.rows ?? [],
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a form is opened once
  const keeper = useMemo(() => new FormKeeper(needOf(exercise.name), form), []);
  const state = useStore(keeper.state);
  useEffect(() => {
    const hide = () => void keeper.flush(true);
    addEventListener("pagehide", hide);
    document.addEventListener("visibilitychange", hide);
    return () => {
      removeEventListener("pagehide", hide);
      document.removeEventListener("visibilitychange", hide);
      void keeper.flush().then(() => queries.invalidateQueries({ queryKey: ["care"] }));
    };
  }, [keeper, queries]);
  useEffect(() => {
    if (state !== "failed") return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [state]);
  return {
    content,
    state,
    edit: (changed) => {
      setContent(changed);
      keeper.edit(changed);
    },
    save: async () => {
      await keeper.flush();
      return keeper.form;
    },
  };
}

/** Return how the forms of the person who is here now are saved: never as somebody else's. */
function needOf(exercise: string): KeeperNeed {
  const person = personHere();
  const send = async (method: "POST" | "PUT", path: string, body: unknown, keepalive: boolean) => {
    if (personHere() !== person) throw new Unreachable();
    const response = await request(method, path, { body, keepalive });
    return (await response.json()) as SavedForm;
  };
  return {
    start: (content, keepalive) =>
      send("POST", `${CARE}/forms`, { exercise, ...content }, keepalive),
    save: (form, version, content, keepalive) =>
      send("PUT", `${CARE}/forms/${part(form)}`, { version, ...content }, keepalive),
    onHelp: showHelp,
  };
}

function personHere(): string | null {
  const here = session.get();
  return here.state === "in" ? here.me.id : null;
}
