import type { Project } from "../../core/types";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { AddFile } from "./AddFile";
import { SourceRow } from "./SourceRow";

/** The files of a project, and one more. */
export function FilesView({ project }: { project: Project }) {
  const { examples: words } = useStudioStrings();
  return (
    <>
      {project.sources.length === 0 && <p className="text-soft">{words.none}</p>}
      <AddFile project={project.id} />
      {project.sources.length > 0 && (
        <section className="grid gap-3">
          <h2 className="font-serif text-xl">{words.sources}</h2>
          <ul className="grid rounded-2xl border border-line bg-sheet">
            {project.sources.map((source) => (
              <SourceRow key={source.id} source={source} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
