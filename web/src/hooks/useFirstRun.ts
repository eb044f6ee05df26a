import { patch } from "../core/http";
import { prefer } from "../core/preferences";
import { session } from "../core/session";
import { type Brain, planOf } from "../core/start";
import type { Me, ModelList } from "../core/types";
import { useModelActs } from "./useModels";
import { go } from "./useRoute";

/** Return how the first run ends: with what was chosen, or without. */
export function useFirstRun() {
  const acts = useModelActs();
  const leave = () => {
    prefer({ introduced: true });
    go({ page: "new", private: false }, { replace: true });
  };
  return {
    leave,
    /** Keep the name; nothing typed keeps the one there was. */
    name: async (name: string) => {
      if (!name) return;
      const me = await patch<Me>("/api/me", { name });
      const here = session.get();
      if (here.state === "in") session.set({ ...here, me });
    },
    /** Take a brain; returns its name if it is on its way, to take over once it is here. */
    take: async (brain: Brain, learns: boolean, list: ModelList): Promise<string | null> => {
      const plan = planOf(brain, learns, list);
      for (const { alias, names } of plan.aliases) await acts.use(alias, names);
      for (const name of plan.pulls) await acts.pull(name);
      return plan.pulls.find((name) => brain.kind === "pack" && name === brain.name) ?? null;
    },
  };
}
