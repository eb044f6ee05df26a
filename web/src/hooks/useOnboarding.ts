import { patch } from "../core/http";
import { type ModelChoice, planOf } from "../core/onboarding";
import { prefer } from "../core/preferences";
import { session } from "../core/session";
import type { Me, ModelList } from "../core/types";
import { useModelActs } from "./useModels";
import { go } from "./useRoute";

/** Return the actions of the onboarding steps. */
export function useOnboarding() {
  const acts = useModelActs();
  const leave = () => {
    prefer({ introduced: true });
    go({ page: "new", private: false }, { replace: true });
  };
  return {
    leave,
    /** Save the name; an empty one changes nothing. */
    name: async (name: string) => {
      if (!name) return;
      const me = await patch<Me>("/api/me", { name });
      const here = session.get();
      if (here.state === "in") session.set({ ...here, me });
    },
    /** Use a model; returns its name if it is being downloaded and takes over afterwards. */
    take: async (choice: ModelChoice, learns: boolean, list: ModelList): Promise<string | null> => {
      const plan = planOf(choice, learns, list);
      for (const { alias, names } of plan.aliases) await acts.use(alias, names);
      for (const name of plan.pulls) await acts.pull(name);
      return plan.pulls.find((name) => choice.kind === "pack" && name === choice.name) ?? null;
    },
  };
}
