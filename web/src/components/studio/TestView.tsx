import type { Project } from "../../core/types";
import { FreezeForm } from "./FreezeForm";
import { FrozenTest } from "./FrozenTest";
import { GraderSection } from "./GraderSection";

/** The test of a project, and how answers to it are judged. */
export function TestView({ project }: { project: Project }) {
  return (
    <>
      {project.test > 0 ? <FrozenTest project={project} /> : <FreezeForm project={project} />}
      <GraderSection project={project} />
    </>
  );
}
