import { isConflict, isWorkerMissing } from "../../core/plan";
import { useSketchStrings } from "../../hooks/useSketchStrings";
import { Notice } from "../Notice";
import { ActionError } from "../QueryResult";
import { InlineCode } from "../settings/InlineCode";

/** Why a plan couldn't be drawn or changed, and what to do. */
export function PlanError({ error }: { error: unknown }) {
  const say = useSketchStrings();
  if (isConflict(error)) return <Notice failure>{say.conflict}</Notice>;
  if (isWorkerMissing(error)) {
    return (
      <Notice failure>
        <InlineCode text={say.missing} />
      </Notice>
    );
  }
  return <ActionError error={error} />;
}
