import { replying } from "../core/experts";
import { useExperts } from "../hooks/useExperts";
import { useStrings } from "../hooks/useStrings";
import { Select } from "./Select";

interface Props {
  /** Who replies to the next message. */
  chosen: string;
  onChoose: (name: string) => void;
}

/** Who replies in a conversation: plain talk, or a specialist. Care has a page of its own. */
export function SpecialistSelect({ chosen, onChoose }: Props) {
  const words = useStrings().experts;
  const { data } = useExperts();
  const names = replying(data ?? [], chosen);
  if (names.length < 2) return null;
  return (
    <Select
      quiet
      label={words.choose}
      value={chosen}
      options={names.map((name) => ({ value: name, label: words.name(name) }))}
      onChange={onChoose}
      className="max-w-40 text-sm"
    />
  );
}
