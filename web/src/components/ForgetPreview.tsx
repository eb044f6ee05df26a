import { plain } from "../core/markdown";
import type { Forgotten } from "../core/types";
import { useSpeech } from "../hooks/useStrings";

type Item = NonNullable<Forgotten["preview"]>[number];

/** What will be deleted, and whose words it is. */
export function ForgetPreview({ forgotten }: { forgotten: Forgotten }) {
  const { say } = useSpeech();
  const items = (forgotten.preview ?? []).filter((one) => !staysOf(forgotten).includes(one));
  return (
    <>
      <p className="text-soft">{say.talk.forgetText}</p>
      <ul className="grid max-h-72 gap-2.5 overflow-y-auto rounded-xl border border-line p-3">
        {items.map((one) => (
          <li key={`${one.what} ${one.id}`}>
            <Words item={one} />
          </li>
        ))}
      </ul>
      <p className="text-sm text-soft">{say.talk.inAll(forgotten)}</p>
    </>
  );
}

interface ChoiceProps {
  items: readonly Item[];
  /** What goes too, by `choiceOf`; `null` where nothing can be added to what goes. */
  chosen: readonly string[] | null;
  onChoose: (chosen: string[]) => void;
}

/** What stays, with a checkbox each to delete it too. */
export function ForgetChoice({ items, chosen, onChoose }: ChoiceProps) {
  const { say } = useSpeech();
  if (!items.length) return null;
  return (
    <>
      <p className="text-soft">{chosen ? say.talk.staysUnless : say.talk.stays}</p>
      <ul className="grid max-h-48 gap-2.5 overflow-y-auto rounded-xl border border-line p-3">
        {items.map((one) => (
          <li key={one.id}>
            {chosen ? (
              <Choice
                item={one}
                isChosen={chosen.includes(choiceOf(one))}
                onToggle={() => onChoose(toggled(chosen, choiceOf(one)))}
              />
            ) : (
              <Words item={one} />
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Choice({
  item,
  isChosen,
  onToggle,
}: {
  item: Item;
  isChosen: boolean;
  onToggle: () => void;
}) {
  return (
    <label className="flex items-start gap-3">
      <input
        type="checkbox"
        className="mt-1 size-4 shrink-0 accent-accent"
        checked={isChosen}
        onChange={onToggle}
      />
      <span className="min-w-0">
        <Words item={item} />
      </span>
    </label>
  );
}

const toggled = (chosen: readonly string[], id: string): string[] =>
  chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];

const STAYS: readonly string[] = ["elsewhere", "artifact", "answer"];
const MADE = "made ";

/** Return what a preview lists as staying. */
export function staysOf(forgotten: Forgotten): Item[] {
  return (forgotten.preview ?? []).filter((one) => STAYS.includes(one.what));
}

/** Return the choice of an item: the id of a message, or that of an artifact after a mark. */
export function choiceOf(item: Pick<Item, "what" | "id">): string {
  return item.what === "artifact" ? MADE + item.id : item.id;
}

/** Return the ids of messages and of artifacts among choices. */
export function idsOf(choices: readonly string[]): { messages: string[]; artifacts: string[] } {
  const made = choices.filter((one) => one.startsWith(MADE));
  return {
    messages: choices.filter((one) => !made.includes(one)),
    artifacts: made.map((one) => one.slice(MADE.length)),
  };
}

function Words({ item }: { item: Item }) {
  const { say, dates } = useSpeech();
  return (
    <>
      <span className="block text-xs text-soft">
        {item.speaker ? say.talk.otherSaid(plain(item.speaker)) : say.talk.going[item.what]}
        {item.at !== null && item.at !== undefined && `, ${dates.day(item.at)}`}
      </span>
      <span dir="auto" className="line-clamp-3 font-serif wrap-anywhere">
        {item.care ? say.talk.inCare : plain(item.text) || say.shell.untitled}
      </span>
    </>
  );
}
