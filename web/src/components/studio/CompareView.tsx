import type { Project } from "../../core/types";
import { useBlindReview } from "../../hooks/useBlindReview";
import { useComparisons } from "../../hooks/useComparisons";
import { QueryResult } from "../QueryResult";
import { BlindReviewView } from "./BlindReviewView";
import { StartReview } from "./StartReview";

/** Two methods compared blind: which ones, pair by pair, and whose answers they were. */
export function CompareView({ project, item }: { project: Project; item: string | null }) {
  const comparisons = useComparisons(project.id);
  if (item !== null) return <OneReview key={item} project={project} review={item} />;
  return (
    <QueryResult query={comparisons}>
      {({ comparisons: [newest] }) => <StartReview project={project} comparison={newest} />}
    </QueryResult>
  );
}

function OneReview({ project, review }: { project: Project; review: string }) {
  const query = useBlindReview(project.id, review);
  return (
    <QueryResult query={query}>
      {(found) => <BlindReviewView project={project.id} review={found} />}
    </QueryResult>
  );
}
