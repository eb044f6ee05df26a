import { useState } from "react";
import { EXAMPLE_PARTS, examplePart } from "../../core/studio/views";
import type { Project } from "../../core/types";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Link } from "../Link";
import { CheckView } from "./CheckView";
import { FilesView } from "./FilesView";
import { ReviewView } from "./ReviewView";

/** The examples of a project: one by one, what a check found in them, and their files. */
export function ExamplesView({ project, item }: { project: Project; item: string | null }) {
  const { examples: words } = useStudioStrings();
  // Adding the first file must not lead away from what it says.
  const [before] = useState(project.examples);
  const part = examplePart(item, before);
  return (
    <>
      <nav aria-label={words.parts} className="-mt-2">
        <ul className="flex flex-wrap gap-1">
          {EXAMPLE_PARTS.map((one) => (
            <li key={one}>
              <Link
                to={{ page: "studio", project: project.id, view: "examples", item: one }}
                aria-current={one === part ? "true" : undefined}
                className="flex min-h-9 items-center rounded-full px-3.5 text-soft hover:bg-wash hover:text-ink aria-[current]:bg-wash aria-[current]:font-medium aria-[current]:text-ink"
              >
                {words[one]}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {part === "review" && <ReviewView project={project} />}
      {part === "check" && <CheckView project={project} />}
      {part === "files" && <FilesView project={project} />}
    </>
  );
}
