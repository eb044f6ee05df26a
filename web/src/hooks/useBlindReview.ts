import { useQuery, useQueryClient } from "@tanstack/react-query";
import { get, part, post } from "../core/http";
import type { VoteChoice } from "../core/studio/blind";
import type { BlindReview } from "../core/types";
import { projectPath } from "./useProjects";

const keyOf = (project: string, review: string) => ["studio", project, "review", review];

/** Return a blind review with its next pair. */
export function useBlindReview(project: string, review: string) {
  return useQuery({
    queryKey: keyOf(project, review),
    queryFn: ({ signal }) =>
      get<BlindReview>(projectPath(project, `/reviews/${part(review)}`), signal),
  });
}

/** Return the actions on blind reviews; what they return is shown at once. */
export function useBlindReviewActs(project: string) {
  const queries = useQueryClient();
  const then = async (act: Promise<BlindReview>): Promise<BlindReview> => {
    const review = await act;
    queries.setQueryData(keyOf(project, review.id), review);
    return review;
  };
  const of = (review: string, rest: string) =>
    projectPath(project, `/reviews/${part(review)}${rest}`);
  return {
    start: (first: string, second: string, count: number, outside_test: boolean) =>
      then(
        post<BlindReview>(projectPath(project, "/reviews"), {
          first,
          second,
          count,
          outside_test,
        }),
      ),
    vote: (review: string, example: string, choice: VoteChoice) =>
      then(post<BlindReview>(of(review, "/votes"), { example, choice })),
    reveal: async (review: string) => {
      const done = await then(post<BlindReview>(of(review, "/reveal")));
      await queries.invalidateQueries({ queryKey: ["studio", project, "gate"] });
      return done;
    },
  };
}
