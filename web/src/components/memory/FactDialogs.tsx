import { showToast } from "../../core/toast";
import type { Fact } from "../../core/types";
import { useRefreshAll } from "../../hooks/useRefreshAll";
import { useStrings } from "../../hooks/useStrings";
import { ForgetDialog } from "../ForgetDialog";
import { CorrectDialog } from "./CorrectDialog";
import type { FactMenuActions } from "./useFactMenu";

interface Props {
  fact: Fact;
  hands: FactMenuActions;
  /** Called with the fact that replaced this one. */
  onCorrected?: (fact: Fact) => void;
  onForgotten?: () => void;
}

/** The dialogs to correct or forget a fact. */
export function FactDialogs({ fact, hands, onCorrected, onForgotten }: Props) {
  const say = useStrings();
  const refresh = useRefreshAll();
  const close = () => hands.ask(null);
  return (
    <>
      {hands.asking === "correct" && (
        <CorrectDialog
          fact={fact}
          onClose={close}
          onDone={(corrected) => {
            close();
            showToast(say.memory.didCorrect);
            onCorrected?.(corrected);
          }}
        />
      )}
      {hands.asking === "forget" && (
        <ForgetDialog
          what={{ facts: [fact.id] }}
          onClose={close}
          onDone={() => {
            close();
            showToast(say.memory.didForget);
            onForgotten?.();
            void refresh();
          }}
        />
      )}
    </>
  );
}
