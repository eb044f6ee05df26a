import { type FormEvent, useState } from "react";
import { useAction } from "../../hooks/useAction";
import { useProjectActs, useProjects } from "../../hooks/useProjects";
import { go } from "../../hooks/useRoute";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Field } from "../Field";
import { Section } from "../Page";
import { ActionError, QueryResult } from "../QueryResult";
import { ProjectRow } from "./ProjectRow";

/** All projects, and a new one. */
export function ProjectsView() {
  const { projects: words } = useStudioStrings();
  const query = useProjects();
  return (
    <>
      <p className="-mt-3 text-soft">{words.about}</p>
      <NewProject />
      <QueryResult
        query={query}
        isEmpty={({ projects }) => projects.length === 0}
        empty={words.empty}
      >
        {({ projects }) => (
          <section className="grid gap-3">
            <h2 className="font-serif text-xl">{words.list}</h2>
            <ul className="grid rounded-2xl border border-line bg-sheet">
              {projects.map((project) => (
                <ProjectRow key={project.id} project={project} />
              ))}
            </ul>
          </section>
        )}
      </QueryResult>
      <p className="text-sm text-soft">{words.mine}</p>
    </>
  );
}

function NewProject() {
  const { projects: words } = useStudioStrings();
  const acts = useProjectActs();
  const { busy, error, run } = useAction();
  const [name, setName] = useState("");
  const create = (event: FormEvent) => {
    event.preventDefault();
    void run(
      () => acts.create(name.trim()),
      ({ id }) => go({ page: "studio", project: id, view: "examples", item: null }),
    );
  };
  return (
    <Section title={words.create}>
      <form onSubmit={create} className="flex flex-wrap items-end gap-3">
        <Field
          label={words.name}
          placeholder={words.nameHint}
          value={name}
          dir="auto"
          maxLength={200}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
          className="min-w-0 flex-1 basis-60"
        />
        <Button kind="main" type="submit" icon="plus" disabled={busy || name.trim() === ""}>
          {words.createNow}
        </Button>
      </form>
      <ActionError error={error} />
    </Section>
  );
}
