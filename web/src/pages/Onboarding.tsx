import { useEffect, useState } from "react";
import { ModelStep } from "../components/onboarding/ModelStep";
import { NameStep } from "../components/onboarding/NameStep";
import { showToast } from "../core/toast";
import { useMe } from "../hooks/useAccount";
import { useOnboarding } from "../hooks/useOnboarding";
import { useStrings } from "../hooks/useStrings";

/** The onboarding page: name and language, then the model. Both steps can be skipped. */
export default function Onboarding() {
  const say = useStrings();
  const { owner } = useMe();
  const { leave } = useOnboarding();
  const [step, setStep] = useState<1 | 2>(1);
  const steps = owner ? 2 : 1;
  useEffect(() => {
    document.title = `${say.start.title} · ${say.shell.product}`;
  }, [say]);
  const end = (coming: string | null) => {
    leave();
    if (coming) showToast(say.start.downloadBegun(coming));
  };
  return (
    <main className="h-dvh overflow-y-auto">
      <div className="mx-auto grid min-h-full w-full max-w-xl content-center gap-6 px-5 py-10 sm:py-14">
        {steps > 1 && <p className="text-sm text-soft">{say.start.step(step, steps)}</p>}
        {step === 1 ? (
          <NameStep onDone={() => (owner ? setStep(2) : leave())} onSkip={leave} />
        ) : (
          <ModelStep onBack={() => setStep(1)} onDone={end} onSkip={leave} />
        )}
      </div>
    </main>
  );
}
