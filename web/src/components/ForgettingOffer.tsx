import { useState } from "react";
import { showToast } from "../core/toast";
import type { ForgettingProposal } from "../core/types";
import { useRefreshAll } from "../hooks/useRefreshAll";
import { useStrings } from "../hooks/useStrings";
import { Button } from "./Button";
import { ForgetDialog } from "./ForgetDialog";

/** Button below a reply that opens the preview of what the person asked to forget. */
export function ForgettingOffer({ proposal }: { proposal: ForgettingProposal }) {
  const say = useStrings();
  const refreshAll = useRefreshAll();
  const [isOpen, setOpen] = useState(false);
  const what = {
    ...(proposal.messages.length > 0 && { messages: proposal.messages }),
    ...(proposal.facts.length > 0 && { facts: proposal.facts }),
  };
  return (
    <div className="mt-3">
      <Button icon="trash" onClick={() => setOpen(true)}>
        {say.talk.seeWhatGoes}
      </Button>
      {isOpen && (
        <ForgetDialog
          what={what}
          onClose={() => setOpen(false)}
          onDone={() => {
            setOpen(false);
            showToast(say.talk.forgotten);
            void refreshAll();
          }}
        />
      )}
    </div>
  );
}
