import { useState } from "react";
import { Refused, sentenceOf } from "../../core/errors";
import { showToast } from "../../core/toast";
import type { Fact } from "../../core/types";
import { useFactActs } from "../../hooks/useMemory";
import { useStrings } from "../../hooks/useStrings";

/** Return the actions on a fact. Each shows a toast when it is done. */
export function useFactMenu(fact: Fact, onUndone?: (back: Fact | null) => void) {
  const say = useStrings();
  const acts = useFactActs();
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState<"correct" | "forget" | null>(null);

  const failed = (error: unknown, undoing: boolean): string => {
    const status = error instanceof Refused ? error.status : null;
    if (status === 409) return say.memory.movedOn;
    if (status === 400 && undoing) return say.memory.nothingToUndo;
    return sentenceOf(error, say);
  };
  const did = async (act: Promise<unknown>, sentence: string, undo: boolean) => {
    setBusy(true);
    try {
      await act;
      showToast(sentence, undo ? { action: { label: say.shell.undo, act: takeBack } } : {});
    } catch (error) {
      showToast(failed(error, !undo), { failure: true });
    } finally {
      setBusy(false);
    }
  };
  const takeBack = () => {
    const undoing = acts.undo(fact.id).then(({ fact: back }) => onUndone?.(back));
    void did(undoing, say.memory.didUndo, false);
  };
  return {
    busy,
    asking,
    ask: setAsking,
    confirm: () => void did(acts.confirm(fact), say.memory.didConfirm, true),
    reject: () => void did(acts.reject(fact), say.memory.didReject, true),
    undo: takeBack,
  };
}

export type FactMenuActions = ReturnType<typeof useFactMenu>;
