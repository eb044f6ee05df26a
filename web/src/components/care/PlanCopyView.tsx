import { type FormEvent, useState } from "react";
import { session } from "../../core/session";
import { openCopy, type PlanPart, planCopy } from "../../core/space/planCopy";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { useStore } from "../../hooks/useStore";
import { Button } from "../Button";
import { Field } from "../Field";
import { PlanText } from "./SafetyPlan";

/** The copy of the safety plan on this device: signed in or not, and without Tau. */
export function PlanCopyView() {
  const say = useSpaceStrings();
  const copy = useStore(planCopy);
  const here = useStore(session);
  const [parts, setParts] = useState<PlanPart[] | null>(null);
  const [passphrase, setPassphrase] = useState("");
  const [isWrong, setWrong] = useState(false);
  const isOthers = here.state === "in" && copy !== null && copy.person !== here.me.id;
  if (!copy || isOthers) return <p className="text-lg">{say.planNone}</p>;
  if (copy.kind === "open") return <PlanText parts={copy.parts} />;
  if (parts) return <PlanText parts={parts} />;
  const open = async (event: FormEvent) => {
    event.preventDefault();
    const found = await openCopy(copy, passphrase);
    setParts(found);
    setWrong(found === null);
  };
  return (
    <form onSubmit={(event) => void open(event)} className="grid gap-4">
      <p>{say.planOther}</p>
      <Field
        label={say.passphrase}
        type="password"
        autoComplete="off"
        autoFocus
        value={passphrase}
        error={isWrong ? say.wrongPassphrase : null}
        onChange={(event) => setPassphrase(event.target.value)}
      />
      <Button kind="main" type="submit" className="justify-self-start">
        {say.openCopy}
      </Button>
    </form>
  );
}
