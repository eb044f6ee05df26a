import { type ReactNode, useEffect } from "react";
import { useStrings } from "../hooks/useStrings";

/** A page with a title, actions beside it, and content. */
export function Page({
  title,
  aside,
  wide = false,
  children,
}: {
  title: string;
  aside?: ReactNode;
  /** Whether it holds tables and pictures, which need more room than text. */
  wide?: boolean;
  children: ReactNode;
}) {
  const say = useStrings();
  useEffect(() => {
    document.title = `${title} · ${say.shell.product}`;
  }, [title, say]);
  return (
    <div className="h-full overflow-y-auto">
      <div
        className={`mx-auto grid gap-6 px-4 pt-2 pb-24 sm:px-8 md:pt-10 ${wide ? "max-w-5xl" : "max-w-3xl"}`}
      >
        {/* Beside the menu's button, where there is one. */}
        <header className="flex min-h-10 flex-wrap items-center gap-3 max-md:ps-9 sm:max-md:ps-6">
          <h1 className="flex-1 font-serif text-3xl">{title}</h1>
          {aside}
        </header>
        {children}
      </div>
    </div>
  );
}

/** A section of a page with a heading. */
export function Section({
  title,
  about,
  children,
}: {
  title: string;
  about?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="grid gap-3 rounded-2xl border border-line bg-sheet p-4 sm:p-5">
      <div className="grid gap-1">
        <h2 className="font-serif text-xl">{title}</h2>
        {about && <p className="text-soft">{about}</p>}
      </div>
      {children}
    </section>
  );
}

/** A placeholder for an empty list. */
export function Empty({ children }: { children: ReactNode }) {
  return <p className="py-8 text-center font-serif text-lg text-soft">{children}</p>;
}

/** A loading indicator. */
export function Waiting() {
  const say = useStrings();
  return (
    <p role="status" className="flex items-center justify-center gap-2.5 py-8 text-soft">
      <span className="breathe size-2.5 rounded-full bg-accent" />
      {say.shell.loading}
    </p>
  );
}
