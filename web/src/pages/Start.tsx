import { useEffect, useState } from "react";
import { BrainStep } from "../components/start/BrainStep";
import { NameStep } from "../components/start/NameStep";
import { tell } from "../core/toast";
import { useMe } from "../hooks/useAccount";
import { useFirstRun } from "../hooks/useFirstRun";
import { useStrings } from "../hooks/useStrings";

/** The first run: a name, a language, a brain. Two small steps, and either can be skipped. */
export default function Start() {
  const say = useStrings();
  const { owner } = useMe();
  const { leave } = useFirstRun();
  const [step, setStep] = useState<1 | 2>(1);
  const steps = owner ? 2 : 1;
  useEffect(() => {
    document.title = `${say.start.title} · ${say.shell.product}`;
  }, [say]);
  const end = (coming: string | null) => {
    leave();
    if (coming) tell(say.start.downloadBegun(coming));
  };
  return (
    <main className="h-dvh overflow-y-auto">
      <div className="mx-auto grid min-h-full w-full max-w-xl content-center gap-6 px-5 py-10 sm:py-14">
        {steps > 1 && <p className="text-sm text-soft">{say.start.step(step, steps)}</p>}
        {step === 1 ? (
          <NameStep onDone={() => (owner ? setStep(2) : leave())} onSkip={leave} />
        ) : (
          <BrainStep onBack={() => setStep(1)} onDone={end} onSkip={leave} />
        )}
      </div>
    </main>
  );
}
