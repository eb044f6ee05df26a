import type { ReactNode } from "react";
import { plain } from "../../core/markdown";
import { canConfirm, canCorrect, canReject } from "../../core/memory";
import type { Fact } from "../../core/types";
import { useStrings } from "../../hooks/useStrings";
import { Link } from "../Link";
import { Menu, type MenuItem } from "../Menu";
import { FactDialogs } from "./FactDialogs";
import { FactMeta } from "./FactMeta";
import { useFactMenu } from "./useFactMenu";

/** A row for a fact: a link to its details, and its menu. */
export function FactRow({ fact, state = false }: { fact: Fact; state?: boolean }) {
  return (
    <li className="flex items-start gap-1 py-1.5 ps-4 pe-1.5">
      <div className="min-w-0 flex-1 py-1">
        <FactLink fact={fact}>
          <span dir="auto" className="wrap-anywhere">
            {plain(fact.text)}
          </span>
        </FactLink>
        <FactMeta fact={fact} state={state} />
      </div>
      <FactMenu fact={fact} />
    </li>
  );
}

/** A link to a fact. */
export function FactLink({ fact, children }: { fact: Fact; children: ReactNode }) {
  const look = fact.state === "rejected" ? "line-through decoration-soft" : "";
  return (
    <Link
      to={{ page: "memory", view: "facts", fact: fact.id }}
      className={`block rounded-md font-serif text-lg/7 hover:text-accent ${look}`}
    >
      {children}
    </Link>
  );
}

export function FactMenu({ fact }: { fact: Fact }) {
  const say = useStrings();
  const hands = useFactMenu(fact);
  const items: (MenuItem | false)[] = [
    canConfirm(fact) && { label: say.memory.confirm, icon: "check", act: hands.confirm },
    canCorrect(fact) && {
      label: say.memory.correct,
      icon: "edit",
      act: () => hands.ask("correct"),
    },
    canReject(fact) && { label: say.memory.reject, icon: "close", act: hands.reject },
    {
      label: say.memory.forget,
      icon: "trash",
      danger: true,
      act: () => hands.ask("forget"),
    },
  ];
  return (
    <>
      <Menu
        label={say.memory.factMenu(plain(fact.text))}
        items={items.filter((item) => item !== false)}
      />
      <FactDialogs fact={fact} hands={hands} />
    </>
  );
}
