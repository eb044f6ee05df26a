import type { Example, Project } from "../../core/types";
import { ExampleActions } from "./ExampleActions";
import { ExampleMeta } from "./ExampleMeta";
import { ExampleText } from "./ExampleText";

interface Props {
  project: Project;
  example: Example;
  place: number;
  /** Whether all of it is shown. */
  open: boolean;
  asked: "edit" | "withdraw" | null;
  onOpen: () => void;
  onAsk: (asked: "edit" | "withdraw" | null) => void;
}

/** An example in the list: its beginning, or all of it with what can be done. */
export function ReviewRow({ project, example, place, open, asked, onOpen, onAsk }: Props) {
  const faded = example.decision === "leave out" ? "text-soft" : "";
  return (
    <li
      data-place={place}
      tabIndex={open ? 0 : -1}
      aria-current={open ? "true" : undefined}
      onFocus={onOpen}
      className={`grid gap-2 border-line px-4 py-3 -outline-offset-2 first:rounded-t-2xl last:rounded-b-2xl not-first:border-t sm:px-5 ${open ? "border-s-2 border-s-accent bg-wash" : "cursor-pointer hover:bg-wash"} ${faded}`}
    >
      <ExampleText example={example} short={!open} />
      <ExampleMeta project={project} example={example} />
      {open && <ExampleActions project={project} example={example} asked={asked} onAsk={onAsk} />}
    </li>
  );
}
