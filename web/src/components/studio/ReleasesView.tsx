import { newestFirst, sortedReleases } from "../../core/studio/releases";
import type { Project, Release } from "../../core/types";
import { useMadeModels, useReleases } from "../../hooks/useReleases";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Section } from "../Page";
import { QueryResult } from "../QueryResult";
import { KeepMethod } from "./KeepMethod";
import { ModelItem } from "./ModelItem";
import { ReleaseRow } from "./ReleaseRow";

/** The models of a project, what must hold before they answer people, and those that do. */
export function ReleasesView({ project }: { project: Project }) {
  const { releases: words } = useStudioStrings();
  const models = useMadeModels(project.id);
  const releases = useReleases(project.id);
  return (
    <>
      <QueryResult query={releases}>
        {({ releases: found, aliases }) => (
          <>
            {aliases.length > 0 && (
              <Section title={words.aliasesTitle}>
                <dl className="grid gap-2">
                  {aliases.map(({ alias, sentence }) => (
                    <div key={alias} className="grid gap-x-4 sm:grid-cols-[12rem_1fr]">
                      <dt className="font-medium">{alias}</dt>
                      <dd className="wrap-anywhere text-soft">{words.meaning(sentence)}</dd>
                    </div>
                  ))}
                </dl>
              </Section>
            )}
            {found.length > 0 && <ReleaseRows project={project} releases={found} />}
          </>
        )}
      </QueryResult>
      <QueryResult query={models}>
        {({ models: made }) => (
          <Section title={words.modelsTitle} about={words.modelsAbout}>
            {made.length === 0 ? (
              <p className="text-soft">{words.noModels}</p>
            ) : (
              <ul className="grid">
                {newestFirst(made).map((model) => (
                  <ModelItem key={model.name} project={project} model={model} />
                ))}
              </ul>
            )}
          </Section>
        )}
      </QueryResult>
      <KeepMethod project={project} />
    </>
  );
}

function ReleaseRows({ project, releases }: { project: Project; releases: Release[] }) {
  const { releases: words } = useStudioStrings();
  return (
    <Section title={words.list}>
      <ul className="grid">
        {sortedReleases(releases).map((release) => (
          <ReleaseRow
            key={`${release.alias} ${release.model} ${release.at}`}
            project={project.id}
            release={release}
          />
        ))}
      </ul>
    </Section>
  );
}
