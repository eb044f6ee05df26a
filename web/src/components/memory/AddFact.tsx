import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { sentenceOf } from "../../core/errors";
import { plain } from "../../core/markdown";
import { showToast } from "../../core/toast";
import { useFactActs } from "../../hooks/useMemory";
import { go } from "../../hooks/useRoute";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Field } from "../Field";

/** A field to add a fact to memory directly. */
export function AddFact() {
  const say = useStrings();
  const acts = useFactActs();
  const [text, setText] = useState("");
  const telling = useMutation({
    mutationFn: () => acts.tell(text.trim()),
    onSuccess: ({ facts }) => {
      setText("");
      const [first] = facts;
      showToast(say.memory.told(facts.map((fact) => plain(fact.text)).join(" · ")), {
        action: first && {
          label: say.memory.seeIt,
          act: () => go({ page: "memory", view: "facts", fact: first.id }),
        },
      });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() && !telling.isPending) telling.mutate();
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-start gap-x-2 gap-y-3">
      <Field
        label={say.memory.tellLabel}
        hint={say.memory.tellHint}
        error={telling.error ? sentenceOf(telling.error, say) : null}
        className="min-w-60 flex-1"
        dir="auto"
        maxLength={1000}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button
        kind="main"
        type="submit"
        className="sm:mt-6.5"
        disabled={!text.trim() || telling.isPending}
      >
        {say.memory.tellButton}
      </Button>
    </form>
  );
}
