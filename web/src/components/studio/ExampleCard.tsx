import { useState } from "react";
import type { Example, Project } from "../../core/types";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { ExampleActions } from "./ExampleActions";
import { ExampleMeta } from "./ExampleMeta";
import { ExampleText } from "./ExampleText";

/** An example with what can be done with it, to be read beside others. */
export function ExampleCard({ project, example }: { project: Project; example: Example }) {
  const { examples: words } = useStudioStrings();
  const [asked, setAsked] = useState<"edit" | "withdraw" | null>(null);
  return (
    <article
      aria-label={words.list}
      className={`grid content-start gap-2.5 rounded-xl border border-line bg-paper p-3.5 ${example.decision === "leave out" ? "text-soft" : ""}`}
    >
      <ExampleText example={example} />
      <ExampleMeta project={project} example={example} />
      <ExampleActions project={project} example={example} asked={asked} onAsk={setAsked} />
    </article>
  );
}
