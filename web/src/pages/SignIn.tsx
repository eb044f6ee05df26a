import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { Button } from "../components/Button";
import { Field } from "../components/Field";
import { Link } from "../components/Link";
import { Markdown } from "../components/Markdown";
import { Notice } from "../components/Notice";
import { ProviderButton } from "../components/ProviderButton";
import { sentenceOf } from "../core/errors";
import { post } from "../core/http";
import type { Me } from "../core/types";
import { invitation, refusedAtProvider, refusedLink, welcome } from "../hooks/useSession";
import { useStore } from "../hooks/useStore";
import { useStrings } from "../hooks/useStrings";

type Way = "password" | "code";

/** The sign-in page: a password, a recovery code or an invitation. One-time links skip it. */
export default function SignIn({ ended }: { ended: boolean }) {
  const say = useStrings();
  const invited = useStore(invitation);
  const refused = useStore(refusedLink);
  const refusedByProvider = useStore(refusedAtProvider);
  useEffect(() => {
    document.title = say.shell.product;
  }, [say]);
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <div className="grid w-full max-w-sm gap-5 text-center">
        <img src="/icon.svg" alt="" width={56} height={56} className="justify-self-center" />
        <h1 className="font-serif text-4xl">
          {invited ? say.door.acceptTitle : say.shell.product}
        </h1>
        <div className="text-soft [&_.prose]:font-sans [&_.prose]:text-base">
          <Markdown text={invited ? say.door.acceptAbout : say.door.about} />
        </div>
        {ended && <Notice>{say.shell.signedOut}</Notice>}
        {refused !== null && <Notice failure>{sentenceOf(refused, say)}</Notice>}
        {refusedByProvider && <Notice failure>{say.provider.refused(refusedByProvider)}</Notice>}
        {invited ? <Accepting invited={invited} /> : <SigningIn />}
        <ProviderButton invitation={invited} />
        <Link to={{ page: "help" }} className="text-sm text-soft underline hover:text-ink">
          {say.care.help}
        </Link>
      </div>
    </main>
  );
}

function SigningIn() {
  const say = useStrings();
  const [way, setWay] = useState<Way>("password");
  const entering = useEntering(way === "password" ? "/api/sign-in" : "/api/recover");
  return (
    <form onSubmit={entering.submit} className="grid gap-4">
      <Field label={say.door.name} name="name" autoComplete="username" required autoFocus />
      {way === "password" ? (
        <Field
          key="password"
          label={say.door.password}
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
      ) : (
        <Field
          key="code"
          label={say.door.code}
          name="code"
          autoComplete="off"
          spellCheck={false}
          required
        />
      )}
      {entering.failure}
      <Button kind="main" type="submit" disabled={entering.busy}>
        {say.door.signIn}
      </Button>
      <Button kind="quiet" onClick={() => setWay(way === "password" ? "code" : "password")}>
        {way === "password" ? say.door.useCode : say.door.usePassword}
      </Button>
    </form>
  );
}

function Accepting({ invited }: { invited: string }) {
  const say = useStrings();
  const entering = useEntering("/api/invitations/accept", { key: invited });
  return (
    <form onSubmit={entering.submit} className="grid gap-4">
      <Field label={say.door.name} name="name" autoComplete="username" required autoFocus />
      <Field
        label={say.door.newPassword}
        name="password"
        type="password"
        autoComplete="new-password"
        required
      />
      {entering.failure}
      <Button kind="main" type="submit" disabled={entering.busy}>
        {say.door.accept}
      </Button>
    </form>
  );
}

function useEntering(path: string, more: Record<string, string> = {}) {
  const say = useStrings();
  const entering = useMutation({
    mutationFn: (given: Record<string, unknown>) => post<Me>(path, { ...given, ...more }),
    onSuccess: (me) => welcome(me),
  });
  return {
    busy: entering.isPending,
    failure: entering.error && <Notice failure>{sentenceOf(entering.error, say)}</Notice>,
    submit: (event: FormEvent<HTMLFormElement>) => {
      event.preventDefault();
      entering.mutate(Object.fromEntries(new FormData(event.currentTarget)));
    },
  };
}
