import { useState } from "react";
import { canForget, realOnes } from "../../core/imports";
import { plain } from "../../core/markdown";
import { showToast } from "../../core/toast";
import type { Import } from "../../core/types";
import { useImports } from "../../hooks/useImport";
import { useRefreshAll } from "../../hooks/useRefreshAll";
import { useSpeech, useStrings } from "../../hooks/useStrings";
import { ForgetDialog } from "../ForgetDialog";
import { Menu } from "../Menu";
import { QueryResult } from "../QueryResult";
import { countsOf, originOf } from "./counts";

interface Props {
  /** Called with the id of a forgotten import. */
  onForgotten: (id: string) => void;
}

/** The imports so far, and a way to forget each. */
export function PastImports({ onForgotten }: Props) {
  const say = useStrings();
  return (
    <section className="grid gap-3 pt-4">
      <h2 className="font-serif text-xl">{say.memory.pastImports}</h2>
      <QueryResult
        query={useImports()}
        isEmpty={({ imports }) => realOnes(imports).length === 0}
        empty={say.memory.pastImportsEmpty}
      >
        {({ imports }) => (
          <ul className="divide-y divide-line rounded-2xl border border-line bg-sheet">
            {realOnes(imports).map((one) => (
              <ImportItem key={one.id} one={one} onForgotten={onForgotten} />
            ))}
          </ul>
        )}
      </QueryResult>
    </section>
  );
}

function ImportItem({ one, onForgotten }: Props & { one: Import }) {
  const { say, dates } = useSpeech();
  const refresh = useRefreshAll();
  const [forgetting, setForgetting] = useState(false);
  const details = [
    originOf(one.origin, say),
    dates.day(one.at),
    say.memory.importStates[one.state],
  ];
  return (
    <li className="flex items-start gap-1 py-2 ps-4 pe-1.5">
      <div className="min-w-0 flex-1 py-1">
        <p dir="auto" className="font-serif text-lg/7 wrap-anywhere">
          {plain(one.name) || say.memory.namelessFile}
        </p>
        <p className="text-sm text-soft">{details.join(" · ")}</p>
        <p className="text-sm text-soft">{countsOf(one, say, dates)}</p>
      </div>
      {canForget(one) && (
        <Menu
          label={say.memory.factMenu(plain(one.name) || say.memory.namelessFile)}
          items={[
            {
              label: say.memory.forgetImport,
              icon: "trash",
              danger: true,
              act: () => setForgetting(true),
            },
          ]}
        />
      )}
      {forgetting && (
        <ForgetDialog
          what={{ import_id: one.id }}
          onClose={() => setForgetting(false)}
          onDone={() => {
            setForgetting(false);
            showToast(say.memory.didForget);
            onForgotten(one.id);
            void refresh();
          }}
        />
      )}
    </li>
  );
}
