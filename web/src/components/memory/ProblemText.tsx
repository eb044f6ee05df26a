import { sentenceOf } from "../../core/errors";
import type { Problem } from "../../core/imports";
import { plain } from "../../core/markdown";
import { useStrings } from "../../hooks/useStrings";

/** The reason why an import failed. */
export function ProblemText({ problem }: { problem: Problem }) {
  const say = useStrings();
  switch (problem.why) {
    case "stopped":
      return say.memory.lookStopped;
    case "unreadable":
      return `${say.memory.lookFailed} ${plain(problem.sentence)}`;
    case "error":
      return sentenceOf(problem.error, say);
  }
}
