import { useState } from "react";
import type { MadeModel, Project } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Notice } from "../Notice";
import { CardDialog } from "./CardDialog";
import { GateView } from "./GateView";
import { Mark } from "./Mark";

/** A model, with its card, and its gate and release behind a button. */
export function ModelItem({ project, model }: { project: Project; model: MadeModel }) {
  const { dates } = useSpeech();
  const { releases: words } = useStudioStrings();
  const [open, setOpen] = useState(false);
  const [card, setCard] = useState(false);
  const { name, kind, base, examples, withdrawn, alias } = model;
  return (
    <li className="grid gap-3 border-line py-3.5 not-first:border-t">
      <div className="flex flex-wrap items-start gap-3">
        <div className="grid min-w-0 flex-1 basis-64 gap-0.5">
          <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
            <span className="font-medium wrap-anywhere">{name}</span>
            {alias && <Mark>{words.releasedAs(alias)}</Mark>}
          </p>
          <p className="text-sm wrap-anywhere text-soft">
            {words.facts(words.kinds[kind], base, dates.number(examples))} ·{" "}
            {dates.when(model.made_at)}
          </p>
        </div>
        <div className="flex gap-2">
          <Button kind="quiet" aria-label={`${words.card}: ${name}`} onClick={() => setCard(true)}>
            {words.card}
          </Button>
          <Button
            aria-label={`${open ? words.close : words.open}: ${name}`}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {open ? words.close : words.open}
          </Button>
        </div>
      </div>
      {withdrawn > 0 && <Notice failure>{words.withdrawn(dates.number(withdrawn))}</Notice>}
      {open && <GateView project={project} model={model} />}
      {card && <CardDialog project={project.id} model={name} onClose={() => setCard(false)} />}
    </li>
  );
}
