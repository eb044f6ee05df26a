import { useEffect, useState } from "react";
import { partsOf } from "../../core/space/forms";
import { dropCopy, keepOpen, type PlanPart, planCopy } from "../../core/space/planCopy";
import type { CareForm, Exercise } from "../../core/types";
import { useExercises, useForget, useSafetyPlan } from "../../hooks/useSpace";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { useStore } from "../../hooks/useStore";
import { Button } from "../Button";
import { Waiting } from "../Page";
import { ConfirmDialog } from "../settings/ConfirmDialog";
import { CopySettings } from "./CopySettings";
import { ExerciseForm } from "./ExerciseForm";
import { PlanCopyView } from "./PlanCopyView";

/** The safety plan: to read, to change, and its copy where Tau can't be reached. */
export function SafetyPlan({ alone }: { alone: boolean }) {
  return alone ? <PlanCopyView /> : <OwnPlan />;
}

function OwnPlan() {
  const say = useSpaceStrings();
  const plan = useSafetyPlan();
  const exercises = useExercises();
  const exercise = exercises.data?.find((one) => one.name === "safety_plan");
  const copy = useStore(planCopy);
  const forget = useForget("forms");
  const [editing, setEditing] = useState(false);
  const [forgetting, setForgetting] = useState(false);
  const isForgotten = plan.isSuccess && plan.data === null && copy !== null;
  useEffect(() => {
    if (isForgotten) dropCopy();
  }, [isForgotten]);
  if ((plan.error || exercises.error) && (!plan.isSuccess || !exercise)) return <PlanCopyView />;
  if (!plan.isSuccess || !exercise) return <Waiting />;
  const form = plan.data;
  const parts = form ? partsOf(exercise, form) : [];
  const close = () => {
    setEditing(false);
    void plan.refetch();
  };
  if (editing) return <ExerciseForm exercise={exercise} form={form} onClose={close} />;
  if (!form) {
    return (
      <>
        <p className="text-lg">{say.planEmpty}</p>
        <Button kind="main" className="justify-self-start" onClick={() => setEditing(true)}>
          {say.planWrite}
        </Button>
      </>
    );
  }
  return (
    <>
      <PlanText parts={parts} />
      <div className="flex flex-wrap gap-2">
        <Button icon="edit" onClick={() => setEditing(true)}>
          {say.planEdit}
        </Button>
        <Button kind="quiet" icon="trash" onClick={() => setForgetting(true)}>
          {say.forget}
        </Button>
      </div>
      {forgetting && (
        <ConfirmDialog
          title={say.forgetTitle}
          text={say.forgetText}
          action={say.forget}
          act={() => forget.mutateAsync(form.id)}
          onClose={() => setForgetting(false)}
        />
      )}
      <KeptCopy form={form} exercise={exercise} />
    </>
  );
}

/** Keeps a readable copy as new as the plan, and the settings of copies. */
function KeptCopy({ form, exercise }: { form: CareForm; exercise: Exercise }) {
  const copy = useStore(planCopy);
  const parts = partsOf(exercise, form);
  useEffect(() => {
    if (copy?.kind === "open" && copy.version !== form.version) {
      keepOpen(copy.person, form.version, partsOf(exercise, form));
    }
  }, [copy, form, exercise]);
  return <CopySettings version={form.version} parts={parts} />;
}

/** A plan to be read. */
export function PlanText({ parts }: { parts: readonly PlanPart[] }) {
  return (
    <dl className="grid gap-5">
      {parts.map(({ label, lines }) => (
        <div key={label} className="grid gap-1 rounded-2xl border border-line bg-sheet p-4">
          <dt className="font-medium">{label}</dt>
          {lines.map((line) => (
            <dd key={line} dir="auto" className="wrap-anywhere">
              {line}
            </dd>
          ))}
        </div>
      ))}
    </dl>
  );
}
