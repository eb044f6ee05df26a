import { Refused } from "../../core/errors";
import { plain } from "../../core/markdown";
import { canConfirm, canCorrect, canReject, canUndo } from "../../core/memory";
import type { FactDetail } from "../../core/types";
import { useFact } from "../../hooks/useMemory";
import { go } from "../../hooks/useRoute";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Icon } from "../Icon";
import { Link } from "../Link";
import { Notice } from "../Notice";
import { Empty, Section } from "../Page";
import { QueryResult } from "../QueryResult";
import { Claims } from "./Claims";
import { FactDialogs } from "./FactDialogs";
import { FactHistory } from "./FactHistory";
import { FactMeta } from "./FactMeta";
import { Origin } from "./Sources";
import { useFactMenu } from "./useFactMenu";

/** A fact with its sources, history and actions. */
export function FactView({ id }: { id: string }) {
  const say = useStrings();
  const asked = useFact(id);
  const isGone = asked.error instanceof Refused && asked.error.status === 404;
  return (
    <>
      <Link
        to={{ page: "memory", view: "facts", fact: null }}
        className="inline-flex min-h-8 items-center gap-1 justify-self-start rounded-lg text-accent underline-offset-2 hover:underline"
      >
        <Icon name="right" className="size-4 rotate-180 rtl:rotate-0" />
        {say.memory.backToFacts}
      </Link>
      {isGone ? (
        <Empty>{say.memory.factGone}</Empty>
      ) : (
        <QueryResult query={asked}>{(detail) => <Detail detail={detail} />}</QueryResult>
      )}
    </>
  );
}

function Detail({ detail }: { detail: FactDetail }) {
  const say = useStrings();
  const { fact, history } = detail;
  return (
    <>
      <article className="grid gap-2">
        <p className="text-sm text-soft">{say.memory.topics[fact.topic]}</p>
        <h2 dir="auto" className="font-serif text-3xl/tight wrap-anywhere">
          {plain(fact.text)}
        </h2>
        <FactMeta fact={fact} state />
        {fact.superseded_by !== null && <Notice>{say.memory.replacedNote}</Notice>}
        <Hands detail={detail} />
      </article>
      {history.length > 1 && (
        <Section title={say.memory.history}>
          <FactHistory facts={history} shown={fact.id} />
        </Section>
      )}
      <Section title={say.memory.sources}>
        <Origin detail={detail} />
      </Section>
      {detail.claims.length > 0 && (
        <Section title={say.memory.claims}>
          <Claims claims={detail.claims} />
        </Section>
      )}
    </>
  );
}

function Hands({ detail }: { detail: FactDetail }) {
  const say = useStrings();
  const { fact } = detail;
  const away = () => go({ page: "memory", view: "facts", fact: null }, { replace: true });
  const hands = useFactMenu(fact, (back) =>
    back ? go({ page: "memory", view: "facts", fact: back.id }, { replace: true }) : away(),
  );
  return (
    <div className="flex flex-wrap gap-2 pt-2">
      {canConfirm(fact) && (
        <Button kind="main" icon="check" disabled={hands.busy} onClick={hands.confirm}>
          {say.memory.confirm}
        </Button>
      )}
      {canCorrect(fact) && (
        <Button icon="edit" disabled={hands.busy} onClick={() => hands.ask("correct")}>
          {say.memory.correct}
        </Button>
      )}
      {canReject(fact) && (
        <Button icon="close" disabled={hands.busy} onClick={hands.reject}>
          {say.memory.reject}
        </Button>
      )}
      {canUndo(detail) && (
        <Button icon="past" disabled={hands.busy} onClick={hands.undo}>
          {say.memory.undo}
        </Button>
      )}
      <Button kind="danger" icon="trash" onClick={() => hands.ask("forget")}>
        {say.memory.forget}
      </Button>
      <FactDialogs
        fact={fact}
        hands={hands}
        onCorrected={(one) => go({ page: "memory", view: "facts", fact: one.id })}
        onForgotten={away}
      />
    </div>
  );
}
