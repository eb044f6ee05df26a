import { useQuery, useQueryClient } from "@tanstack/react-query";
import { erase, get, part, patch, post, put } from "../core/http";
import type { GraderJson } from "../core/studio/graders";
import type { Project, ProjectList } from "../core/types";

export const PROJECTS = "/api/studio/projects";

/** Return the address of a project, or of something in it. */
export const projectPath = (id: string, rest = "") => `${PROJECTS}/${part(id)}${rest}`;

/** Return the projects, the one that changed last first. */
export function useProjects() {
  return useQuery({
    queryKey: ["studio", "projects"],
    queryFn: ({ signal }) => get<ProjectList>(PROJECTS, signal),
  });
}

/** Return a project with its sources. */
export function useProject(id: string) {
  return useQuery({
    queryKey: ["studio", id, "project"],
    queryFn: ({ signal }) => get<Project>(projectPath(id), signal),
  });
}

/** Return a function that refetches what a change of a project concerns; not the check. */
export function useProjectAgain(id: string) {
  const queries = useQueryClient();
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ["studio", "projects"] }),
      queries.invalidateQueries({
        queryKey: ["studio", id],
        predicate: ({ queryKey }) => queryKey[2] !== "check",
      }),
    ]).then(() => {});
}

/** Return the actions on projects. */
export function useProjectActs() {
  const queries = useQueryClient();
  const then = async <T>(act: Promise<T>): Promise<T> => {
    try {
      return await act;
    } finally {
      void queries.invalidateQueries({ queryKey: ["studio"] });
    }
  };
  return {
    create: (name: string) => then(post<Project>(PROJECTS, { name })),
    rename: (id: string, name: string) => then(patch<Project>(projectPath(id), { name })),
    remove: (id: string) => then(erase(projectPath(id))),
    freeze: (id: string, asked: { count: number } | { source: string }) =>
      then(post<Project>(projectPath(id, "/test"), asked)),
    grade: (id: string, grader: GraderJson) =>
      then(put<Project>(projectPath(id, "/grader"), { grader })),
  };
}
