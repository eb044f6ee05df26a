import { useCard } from "../../hooks/useReleases";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Dialog } from "../Dialog";
import { Markdown } from "../Markdown";
import { QueryResult } from "../QueryResult";

interface Props {
  project: string;
  model: string;
  onClose: () => void;
}

/** The card of a model: everything that is known of it. */
export function CardDialog({ project, model, onClose }: Props) {
  const { releases: words } = useStudioStrings();
  const query = useCard(project, model);
  return (
    <Dialog title={words.cardOf(model)} onClose={onClose}>
      <QueryResult query={query}>
        {({ markdown }) => (
          <div className="prose text-base" lang="en">
            <Markdown text={markdown} />
          </div>
        )}
      </QueryResult>
    </Dialog>
  );
}
