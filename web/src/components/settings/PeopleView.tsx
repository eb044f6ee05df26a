import { type FormEvent, useId, useState } from "react";
import { showToast } from "../../core/toast";
import type { Person } from "../../core/types";
import { useMe, usePeople, usePeopleActs } from "../../hooks/useAccount";
import { useAction } from "../../hooks/useAction";
import { useSpeech } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Dialog } from "../Dialog";
import { Field } from "../Field";
import { Menu, type MenuItem } from "../Menu";
import { Section } from "../Page";
import { ActionError, QueryResult } from "../QueryResult";
import { ConfirmDialog } from "./ConfirmDialog";
import { LinkMaker } from "./LinkMaker";
import { Mark } from "./SlotRow";

/** The page of people and invitations. */
export function PeopleView() {
  const { say } = useSpeech();
  const words = say.settings.people;
  const people = usePeople();
  const { invite } = usePeopleActs();
  return (
    <>
      <Section title={words.title} about={words.about}>
        <QueryResult query={people}>
          {(list) => (
            <ul className="grid">
              {list.people.map((person) => (
                <PersonRow key={person.id} person={person} />
              ))}
              {list.people.length === 1 && (
                <li className="border-t border-line pt-3 text-soft">{words.alone}</li>
              )}
            </ul>
          )}
        </QueryResult>
      </Section>
      <Section title={words.invite} about={words.inviteAbout}>
        <LinkMaker
          action={words.makeInvitation}
          label={words.invitation}
          note={words.invitationNote}
          make={invite}
        />
      </Section>
    </>
  );
}

function PersonRow({ person }: { person: Person }) {
  const { say, dates } = useSpeech();
  const words = say.settings.people;
  const me = useMe();
  const { remove } = usePeopleActs();
  const [asking, setAsking] = useState<"rename" | "remove" | null>(null);
  const close = () => setAsking(null);
  const items: MenuItem[] = [
    { label: say.settings.rename, icon: "edit", act: () => setAsking("rename") },
  ];
  if (!person.owner) {
    items.push({
      label: say.settings.remove,
      icon: "trash",
      danger: true,
      act: () => setAsking("remove"),
    });
  }
  return (
    <li className="flex min-h-14 items-center gap-3 border-line py-2 not-first:border-t">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span dir="auto" className="font-medium wrap-anywhere">
            {person.name}
          </span>
          {person.owner && <Mark>{say.settings.owner}</Mark>}
          {person.id === me.id && <Mark>{say.settings.you}</Mark>}
        </p>
        <p className="text-sm text-soft">{words.since(dates.fullDay(person.created_at))}</p>
      </div>
      <Menu label={words.menu(person.name)} items={items} />
      {asking === "rename" && <Renaming person={person} onClose={close} />}
      {asking === "remove" && (
        <ConfirmDialog
          title={words.removeTitle(person.name)}
          text={words.removeText}
          action={words.removeNow}
          name={person.name}
          act={() => remove(person.id)}
          onClose={close}
          onDone={() => showToast(words.removed(person.name))}
        />
      )}
    </li>
  );
}

function Renaming({ person, onClose }: { person: Person; onClose: () => void }) {
  const { say } = useSpeech();
  const words = say.settings.people;
  const form = useId();
  const { rename } = usePeopleActs();
  const { busy, error, run } = useAction();
  const [name, setName] = useState(person.name);
  const save = (event: FormEvent) => {
    event.preventDefault();
    void run(() => rename(person.id, name.trim()), onClose);
  };
  return (
    <Dialog
      title={words.renameTitle(person.name)}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say.shell.cancel}</Button>
          <Button kind="main" type="submit" form={form} disabled={busy || !name.trim()}>
            {say.shell.save}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={save} className="grid gap-3">
        <Field
          label={words.name}
          value={name}
          maxLength={80}
          dir="auto"
          autoFocus
          onChange={(event) => setName(event.target.value)}
        />
        <ActionError error={error} />
      </form>
    </Dialog>
  );
}
