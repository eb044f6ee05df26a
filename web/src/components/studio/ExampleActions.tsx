import { mayChange, otherDecision } from "../../core/studio/review";
import { showToast } from "../../core/toast";
import type { Example, Project } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useExampleActs } from "../../hooks/useExamples";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { ActionError } from "../QueryResult";
import { ConfirmDialog } from "../settings/ConfirmDialog";
import { EditExample } from "./EditExample";

interface Props {
  project: Project;
  example: Example;
  /** The dialog that is open. */
  asked: "edit" | "withdraw" | null;
  onAsk: (asked: "edit" | "withdraw" | null) => void;
}

const SMALL = "min-h-8 px-2.5 text-sm";

/** What can be done with an example, and the dialogs for it. */
export function ExampleActions({ project, example, asked, onAsk }: Props) {
  const { examples: words } = useStudioStrings();
  const acts = useExampleActs(project.id);
  const { busy, error, run } = useAction();
  const decisions = example.waiting ? (["keep", "leave out"] as const) : [otherDecision(example)];
  return (
    <>
      {!mayChange(example) && <p className="text-sm text-soft">{words.frozen}</p>}
      <div className="-ms-2.5 flex flex-wrap gap-1">
        {mayChange(example) && (
          <>
            {decisions.map((decision) => (
              <Button
                key={decision}
                kind="quiet"
                className={SMALL}
                disabled={busy}
                onClick={() => void run(() => acts.decide([example.id], decision))}
              >
                {decision === "keep" ? words.keep : words.leaveOut}
              </Button>
            ))}
            <Button kind="quiet" className={SMALL} onClick={() => onAsk("edit")}>
              {words.edit}
            </Button>
          </>
        )}
        <Button kind="quiet" className={SMALL} onClick={() => onAsk("withdraw")}>
          {words.withdraw}
        </Button>
      </div>
      <ActionError error={error} />
      {asked === "edit" && mayChange(example) && (
        <EditExample project={project.id} example={example} onClose={() => onAsk(null)} />
      )}
      {asked === "withdraw" && (
        <ConfirmDialog
          title={words.withdrawTitle}
          text={words.withdrawText}
          action={words.withdraw}
          act={() => acts.withdraw([example.id])}
          onClose={() => onAsk(null)}
          onDone={() => showToast(words.withdrawn)}
        />
      )}
    </>
  );
}
