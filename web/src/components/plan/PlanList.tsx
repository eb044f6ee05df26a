import { usePlans } from "../../hooks/usePlans";
import { useSketchStrings } from "../../hooks/useSketchStrings";
import { ArtifactList } from "../ArtifactList";

/** The plans, the one that was changed last first. */
export function PlanList() {
  const words = useSketchStrings();
  return <ArtifactList query={usePlans()} words={words} to={(plan) => ({ page: "plans", plan })} />;
}
