import type { MadeArtifact } from "../../core/types";
import { useRoute } from "../../hooks/useRoute";
import { useStrings } from "../../hooks/useStrings";
import { Icon } from "../Icon";
import { Link } from "../Link";

/** Below a reply, what a specialist made with it: one tap opens it. */
export function ArtifactCard({ made }: { made: MadeArtifact }) {
  const say = useStrings();
  const route = useRoute();
  if (route.page !== "talk") return null;
  const isOpen = route.open === made.id;
  const type = made.type === "plan" ? "plan" : "document";
  return (
    <Link
      to={{ ...route, open: made.id }}
      aria-current={isOpen || undefined}
      className="mt-3 flex w-fit max-w-full items-center gap-3 rounded-2xl border border-line bg-sheet px-4 py-2.5 hover:border-accent aria-current:border-accent"
    >
      <Icon name={type} className="size-6 text-accent" />
      <span className="min-w-0">
        <span className="block truncate font-medium" dir="auto">
          {made.title || say.experts.untitled[type]}
        </span>
        <span className="block text-sm text-soft">{isOpen ? say.desk.isOpen : say.desk.open}</span>
      </span>
    </Link>
  );
}
