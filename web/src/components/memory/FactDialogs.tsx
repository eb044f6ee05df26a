import { tell } from "../../core/toast";
import type { Fact } from "../../core/types";
import { useAfresh } from "../../hooks/useAfresh";
import { useStrings } from "../../hooks/useStrings";
import { ForgetDialog } from "../ForgetDialog";
import { CorrectDialog } from "./CorrectDialog";
import type { FactHands } from "./useFactHands";

interface Props {
  fact: Fact;
  hands: FactHands;
  /** Called with the fact that took the place of this one. */
  onCorrected?: (fact: Fact) => void;
  onForgotten?: () => void;
}

/** The questions before a fact is corrected or forgotten. */
export function FactDialogs({ fact, hands, onCorrected, onForgotten }: Props) {
  const say = useStrings();
  const afresh = useAfresh();
  const close = () => hands.ask(null);
  return (
    <>
      {hands.asking === "correct" && (
        <CorrectDialog
          fact={fact}
          onClose={close}
          onDone={(corrected) => {
            close();
            tell(say.memory.didCorrect);
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
            tell(say.memory.didForget);
            onForgotten?.();
            void afresh();
          }}
        />
      )}
    </>
  );
}
