import type { ComponentType } from "react";
import { Page, Waiting } from "../components/Page";
import { QueryResult } from "../components/QueryResult";
import { CompareView } from "../components/studio/CompareView";
import { ExamplesView } from "../components/studio/ExamplesView";
import { MethodsView } from "../components/studio/MethodsView";
import { ProjectsView } from "../components/studio/ProjectsView";
import { ProjectViews } from "../components/studio/ProjectViews";
import { ReleasesView } from "../components/studio/ReleasesView";
import { TestView } from "../components/studio/TestView";
import { TrainingView } from "../components/studio/TrainingView";
import type { StudioView } from "../core/routes";
import type { Project } from "../core/types";
import { useProject } from "../hooks/useProjects";
import { StudioStringsContext, useLoadedStudioStrings } from "../hooks/useStudioStrings";

interface Props {
  project: string | null;
  view: StudioView;
  item: string | null;
}

type View = ComponentType<{ project: Project; item: string | null }>;

const VIEWS: Record<StudioView, View> = {
  examples: ExamplesView,
  test: TestView,
  methods: MethodsView,
  training: TrainingView,
  compare: CompareView,
  releases: ReleasesView,
};

/** The studio: the list of projects, or a part of one. */
export default function Studio({ project, view, item }: Props) {
  const words = useLoadedStudioStrings();
  if (!words) return <Waiting />;
  return (
    <StudioStringsContext value={words}>
      {project === null ? (
        <Page title={words.general.title}>
          <ProjectsView />
        </Page>
      ) : (
        <ProjectPage key={project} id={project} view={view} item={item} />
      )}
    </StudioStringsContext>
  );
}

function ProjectPage({ id, view, item }: { id: string; view: StudioView; item: string | null }) {
  const query = useProject(id);
  const View = VIEWS[view];
  return (
    <Page title={query.data?.name ?? ""} wide>
      <ProjectViews project={id} view={view} />
      <QueryResult query={query}>
        {(project) => <View key={view} project={project} item={item} />}
      </QueryResult>
    </Page>
  );
}
