import type { Slot } from "../../core/types";
import { useSessions, useSlotActs } from "../../hooks/useAccount";
import { useSpeech } from "../../hooks/useStrings";
import { Section } from "../Page";
import { QueryResult } from "../QueryResult";
import { LinkedAccount } from "./LinkedAccount";
import { LinkMaker } from "./LinkMaker";
import { SlotRow } from "./SlotRow";

/** The page of signed-in devices, with links for more. */
export function DevicesView() {
  const { say } = useSpeech();
  const words = say.settings.devices;
  const sessions = useSessions();
  const { makeLink } = useSlotActs();
  return (
    <>
      <Section title={words.title} about={words.about}>
        <QueryResult query={sessions}>
          {({ items }) => (
            <ul className="grid">
              {[...items].sort(currentFirst).map((slot) => (
                <Device key={slot.id} slot={slot} />
              ))}
              {items.length === 0 && <li className="text-soft">{words.empty}</li>}
            </ul>
          )}
        </QueryResult>
      </Section>
      <LinkedAccount />
      <Section title={words.link} about={words.linkAbout}>
        <LinkMaker
          action={words.makeLink}
          label={words.linkLabel}
          note={words.linkNote}
          make={makeLink}
        />
      </Section>
    </>
  );
}

const lastUse = (slot: Slot) => slot.used_at ?? slot.created_at;
const currentFirst = (a: Slot, b: Slot) =>
  Number(b.current) - Number(a.current) || lastUse(b) - lastUse(a);

function Device({ slot }: { slot: Slot }) {
  const { say, dates } = useSpeech();
  const words = say.settings.devices;
  const { revoke } = useSlotActs();
  const label = words.label(slot.label);
  const end = {
    label: words.signOut,
    named: words.signOutNamed(label),
    title: words.signOutTitle(label),
    text: words.signOutText,
    act: () => revoke("sessions", slot.id),
  };
  return (
    <SlotRow
      label={label}
      mark={slot.current ? words.current : null}
      about={
        slot.used_at === null
          ? words.unused(dates.fullDay(slot.created_at))
          : words.used(dates.when(slot.used_at))
      }
      // This device signs out on the account page, which explains what that means.
      {...(slot.current ? {} : { end })}
    />
  );
}
