import { sentenceOf } from "../core/errors";
import { useProviderName, useSignInAtProvider } from "../hooks/useProvider";
import { useStrings } from "../hooks/useStrings";
import { Button } from "./Button";
import { Notice } from "./Notice";

/** Signs in at the provider of this Tau, if it has one; an `invitation` lets a new person join. */
export function ProviderButton({ invitation = null }: { invitation?: string | null }) {
  const say = useStrings();
  const name = useProviderName();
  const going = useSignInAtProvider();
  if (!name) return null;
  return (
    <div className="grid gap-4 border-t border-line pt-4">
      {going.error && <Notice failure>{sentenceOf(going.error, say)}</Notice>}
      <Button
        type="button"
        disabled={going.isPending || going.isSuccess}
        onClick={() => going.mutate(invitation)}
      >
        {(invitation ? say.provider.join : say.provider.signIn)(name)}
      </Button>
    </div>
  );
}
