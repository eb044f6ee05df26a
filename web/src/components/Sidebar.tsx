import { plain } from "../core/markdown";
import { session } from "../core/session";
import type { Conversation } from "../core/types";
import { useConversations } from "../hooks/useConversations";
import { useRoute } from "../hooks/useRoute";
import { useStore } from "../hooks/useStore";
import { useSpeech, useStrings } from "../hooks/useStrings";
import { IconButton } from "./Button";
import { Icon } from "./Icon";
import { Link } from "./Link";
import { NavigationItem } from "./NavigationItem";

/** The sidebar: navigation and the recent conversations. */
export function Sidebar({ open, onClose }: { open: boolean; onClose: () => void }) {
  const say = useStrings();
  const shown = open
    ? "visible translate-x-0"
    : "max-md:invisible max-md:-translate-x-full max-md:rtl:translate-x-full";
  return (
    <nav
      id="side"
      aria-label={say.shell.navigation}
      className={`fixed inset-y-0 start-0 z-30 flex w-[min(19rem,86vw)] flex-col border-e border-line bg-side ps-[env(safe-area-inset-left)] pt-[env(safe-area-inset-top)] transition-transform md:static md:w-68 md:transition-none ${shown}`}
    >
      <div className="flex items-center gap-1 px-3 pt-3 pb-2">
        <Link
          to={{ page: "new", private: false }}
          aria-label={say.shell.product}
          className="me-auto rounded-lg p-1"
        >
          <img src="/icon.svg" alt="" width={30} height={30} />
        </Link>
        <IconButton
          icon="close"
          label={say.shell.closeMenu}
          onClick={onClose}
          className="md:hidden"
        />
      </div>
      <ul className="grid gap-0.5 px-2 pb-3">
        <NavigationItem icon="plus" label={say.shell.begin} to={{ page: "new", private: false }} />
        <NavigationItem
          icon="lock"
          label={say.shell.beginPrivate}
          to={{ page: "new", private: true }}
        />
        <NavigationItem icon="past" label={say.shell.past} to={{ page: "past" }} />
        <NavigationItem
          icon="memory"
          label={say.shell.memory}
          to={{ page: "memory", view: "portrait", fact: null }}
        />
        <NavigationItem
          icon="document"
          label={say.shell.made}
          to={{ page: "documents", document: null }}
          also="plans"
        />
        <NavigationItem icon="anchor" label={say.shell.care} to={{ page: "care", view: "home" }} />
        <NavigationItem
          icon="studio"
          label={say.shell.studio}
          to={{ page: "studio", project: null, view: "examples", item: null }}
        />
      </ul>
      <Recent />
      <Foot />
    </nav>
  );
}

function Recent() {
  const say = useStrings();
  const { data } = useConversations();
  if (!data?.conversations.length) return <div className="flex-1" />;
  return (
    <>
      <h2 id="recent" className="px-5 pt-1 pb-1 text-xs font-medium text-soft">
        {say.shell.recent}
      </h2>
      <ul aria-labelledby="recent" className="min-h-0 flex-1 overflow-y-auto px-2 pb-2">
        {data.conversations.map((one) => (
          <Entry key={one.id} one={one} />
        ))}
      </ul>
    </>
  );
}

function Entry({ one }: { one: Conversation }) {
  const { say, dates } = useSpeech();
  const route = useRoute();
  const current = route.page === "talk" && route.conversation === one.id;
  const title = plain(one.title ?? say.shell.untitled);
  return (
    <li>
      <Link
        to={{ page: "talk", conversation: one.id, message: null }}
        aria-current={current ? "page" : undefined}
        className="grid rounded-xl px-3 py-1.5 hover:bg-wash aria-[current]:bg-wash"
      >
        <span dir="auto" className="truncate">
          {title}
        </span>
        <span className="flex items-center gap-1.5 text-xs text-soft">
          {dates.when(one.updated_at)}
          {one.live_turn && <span className="breathe size-1.5 rounded-full bg-accent" />}
        </span>
      </Link>
    </li>
  );
}

function Foot() {
  const say = useStrings();
  const here = useStore(session);
  const route = useRoute();
  if (here.state !== "in") return null;
  return (
    <div className="border-t border-line px-2 pt-1.5 pb-[max(0.4rem,env(safe-area-inset-bottom))]">
      <ul>
        <NavigationItem icon="help" label={say.care.help} to={{ page: "help" }} />
      </ul>
      <Link
        to={{ page: "settings", view: null }}
        aria-current={route.page === "settings" ? "page" : undefined}
        className="flex items-center gap-3 rounded-xl px-3 py-2 text-soft hover:bg-wash hover:text-ink aria-[current]:bg-wash aria-[current]:text-ink"
      >
        <Icon name="settings" />
        <span className="min-w-0 flex-1 truncate">{say.shell.settings}</span>
        <span dir="auto" className="max-w-28 truncate text-sm">
          {here.me.name}
        </span>
      </Link>
    </div>
  );
}
