import { useState } from "react";
import type { WrittenDocument } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { rememberStyle } from "../../hooks/useDocuments";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { Button } from "../Button";
import { Notice } from "../Notice";
import { ActionError } from "../QueryResult";

/** Asks once whether to stop, after the same kind of change was rejected again and again. */
export function StyleQuestion({ asked }: { asked: WrittenDocument | undefined }) {
  const say = useWritingStrings();
  const action = useAction();
  const [answered, setAnswered] = useState("");
  if (!asked?.question || answered === asked.statement) return null;
  const done = () => setAnswered(asked.statement);
  return (
    <Notice>
      <p>{asked.question}</p>
      <div className="mt-2 flex gap-2">
        <Button
          kind="main"
          disabled={action.busy}
          onClick={() => void action.run(() => rememberStyle(asked.statement), done)}
        >
          {say.yes}
        </Button>
        <Button onClick={done}>{say.no}</Button>
      </div>
      <ActionError error={action.error} />
    </Notice>
  );
}
