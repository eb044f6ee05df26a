import { useState } from "react";
import { type DocumentChange, useTemplates } from "../../hooks/useDocuments";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { Button } from "../Button";
import { Area } from "../Field";

/** Asks for changes: by a model that can rewrite, or else what the checks would change. */
export function AskForEdits({
  busy,
  onChange,
}: {
  busy: boolean;
  onChange: (change: DocumentChange) => void;
}) {
  const say = useWritingStrings();
  const canPropose = useTemplates().data?.can_propose;
  const [instruction, setInstruction] = useState("");
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        onChange({ to: "edits", instruction });
        setInstruction("");
      }}
    >
      {canPropose ? (
        <>
          <Area
            label={say.ask}
            placeholder={say.askHint}
            value={instruction}
            onChange={(event) => setInstruction(event.target.value)}
          />
          <Button kind="main" type="submit" disabled={busy || !instruction.trim()}>
            {busy ? say.proposing : say.propose}
          </Button>
        </>
      ) : (
        canPropose === false && <p className="text-sm text-soft">{say.markOnly}</p>
      )}
      <Button disabled={busy} onClick={() => onChange({ to: "edits", instruction: "" })}>
        {say.mark}
      </Button>
    </form>
  );
}
