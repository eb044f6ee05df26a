import { useState } from "react";
import { showToast } from "../../core/toast";
import type { Project } from "../../core/types";
import { useProjectActs } from "../../hooks/useProjects";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Link } from "../Link";
import { Menu } from "../Menu";
import { ConfirmDialog } from "../settings/ConfirmDialog";
import { RenameDialog } from "./RenameDialog";

/** A project in the list, with what can be done with it. */
export function ProjectRow({ project }: { project: Project }) {
  const { dates } = useSpeech();
  const { general, projects: words } = useStudioStrings();
  const acts = useProjectActs();
  const [asked, setAsked] = useState<"rename" | "remove" | null>(null);
  const { id, name, examples, test } = project;
  const facts = [
    examples > 0 ? general.exampleCount(dates.number(examples)) : words.noExamples,
    examples > 0 && (test > 0 ? words.inTest(dates.number(test)) : words.noTest),
    words.changed(dates.when(project.changed_at)),
  ].filter(Boolean);
  return (
    <li className="flex items-center gap-1 border-line pe-2 not-first:border-t">
      <Link
        to={{ page: "studio", project: id, view: "examples", item: null }}
        className="grid min-w-0 flex-1 rounded-2xl px-4 py-3.5 -outline-offset-2 hover:bg-wash sm:px-5"
      >
        <span dir="auto" className="truncate font-serif text-lg">
          {name}
        </span>
        <span className="text-sm text-soft">{facts.join(" · ")}</span>
      </Link>
      <Menu
        label={words.menu(name)}
        items={[
          { label: words.rename, icon: "edit", act: () => setAsked("rename") },
          { label: words.remove, icon: "trash", danger: true, act: () => setAsked("remove") },
        ]}
      />
      {asked === "rename" && <RenameDialog project={project} onClose={() => setAsked(null)} />}
      {asked === "remove" && (
        <ConfirmDialog
          title={words.removeTitle}
          text={words.removeText}
          action={words.remove}
          name={name}
          act={() => acts.remove(id)}
          onClose={() => setAsked(null)}
          onDone={() => showToast(words.removed(name))}
        />
      )}
    </li>
  );
}
