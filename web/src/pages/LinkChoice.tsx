import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import { Button } from "../components/Button";
import { Notice } from "../components/Notice";
import { sentenceOf } from "../core/errors";
import { plain } from "../core/markdown";
import type { Me } from "../core/types";
import { redeem, welcome } from "../hooks/useSession";
import { useStrings } from "../hooks/useStrings";

/** The question whether a sign-in link may replace the session of this browser. */
export default function LinkChoice({ me, link }: { me: Me; link: string }) {
  const say = useStrings();
  const entering = useMutation({ mutationFn: () => redeem(link) });
  useEffect(() => {
    document.title = say.shell.product;
  }, [say]);
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <div className="grid w-full max-w-sm gap-5 text-center">
        <img src="/icon.svg" alt="" width={56} height={56} className="justify-self-center" />
        <p className="text-lg">{say.link.asks(plain(me.name))}</p>
        {entering.error && <Notice failure>{sentenceOf(entering.error, say)}</Notice>}
        <Button kind="main" onClick={() => welcome(me)} disabled={entering.isPending} autoFocus>
          {say.link.stay}
        </Button>
        <Button onClick={() => entering.mutate()} disabled={entering.isPending}>
          {say.link.use}
        </Button>
      </div>
    </main>
  );
}
