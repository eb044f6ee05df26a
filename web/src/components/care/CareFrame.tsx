import { type ReactNode, useEffect } from "react";
import type { CareView } from "../../core/routes";
import { danger, hideHelp } from "../../core/space/danger";
import { innerBack } from "../../hooks/useInnerBack";
import { usePause } from "../../hooks/usePause";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { useStore } from "../../hooks/useStore";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { HelpCard } from "../HelpCard";
import { Icon } from "../Icon";
import { Link } from "../Link";

const WAY_OUT =
  "inline-flex min-h-10.5 items-center rounded-xl px-3 text-soft hover:bg-wash hover:text-ink";

interface Props {
  view: CareView;
  /** Whether nobody is signed in. */
  alone: boolean;
  children: ReactNode;
}

/** The frame of the care space: the way out, help in its corner, and what is shown above all. */
export function CareFrame({ view, alone, children }: Props) {
  const say = useSpaceStrings();
  const shell = useStrings();
  const title = view === "home" ? say.title : say[view];
  useEffect(() => {
    document.title = `${say.title} · ${shell.shell.product}`; // what is done here is in no title
  }, [say, shell]);
  const inner = useStore(innerBack);
  const isHome = view === "home" || alone;
  return (
    <div className="flex h-dvh flex-col overflow-hidden pt-[env(safe-area-inset-top)]">
      <header className="flex items-center justify-between gap-3 px-4 py-2.5 sm:px-6">
        {inner ? (
          <button type="button" className={WAY_OUT} onClick={inner}>
            {say.back}
          </button>
        ) : (
          <Link
            to={isHome ? { page: "new", private: false } : { page: "care", view: "home" }}
            className={WAY_OUT}
          >
            {isHome ? say.leave : say.back}
          </Link>
        )}
        <Link
          to={{ page: "help" }}
          className="inline-flex min-h-10.5 items-center gap-2 rounded-xl border border-accent px-3.5 font-medium text-accent hover:bg-wash"
        >
          <Icon name="help" className="size-4.5" />
          {shell.care.page}
        </Link>
      </header>
      {view === "talk" ? (
        <main id="main" tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
          <div className="mx-auto w-full max-w-2xl px-4 sm:px-6">
            <Pause />
            <h1 className="sr-only">{title}</h1>
          </div>
          {children}
        </main>
      ) : (
        <main id="main" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
          <div className="mx-auto grid max-w-2xl gap-4 px-4 pt-2 pb-24 sm:gap-6 sm:px-6 sm:pt-8">
            <Danger />
            <Pause />
            <h1 className="font-serif text-3xl">{title}</h1>
            {children}
          </div>
        </main>
      )}
    </div>
  );
}

/** The help card, above everything else and announced at once. */
function Danger() {
  const say = useSpaceStrings();
  const { help } = useStore(danger);
  useEffect(() => {
    if (help) document.getElementById("main")?.scrollTo({ top: 0 });
  }, [help]);
  return (
    <div role="alert" className="empty:hidden">
      {help && (
        <div className="grid justify-items-start gap-2 [&>section]:w-full">
          <HelpCard help={help} />
          <Button kind="quiet" onClick={hideHelp}>
            {say.seen}
          </Button>
        </div>
      )}
    </div>
  );
}

/** A pause, suggested once. */
function Pause() {
  const say = useSpaceStrings();
  const [isSuggested, seen] = usePause();
  return (
    <div role="status" className="empty:hidden">
      {isSuggested && (
        <div className="grid gap-3 rounded-2xl border border-line bg-sheet p-4 sm:p-5">
          <p className="font-medium">{say.pauseTitle}</p>
          <p className="text-soft">{say.pauseText}</p>
          <div className="flex flex-wrap gap-2">
            <Link
              to={{ page: "new", private: false }}
              className="inline-flex min-h-10 items-center rounded-xl bg-accent px-4 font-medium text-on-accent"
            >
              {say.leave}
            </Link>
            <Button kind="quiet" onClick={seen}>
              {say.pauseLater}
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}
