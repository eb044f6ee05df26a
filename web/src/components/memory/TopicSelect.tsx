import { TOPICS, type Topic } from "../../core/memory";
import { useStrings } from "../../hooks/useStrings";
import { Select } from "../Select";

interface Props {
  topic: Topic | null;
  onChange: (topic: Topic | null) => void;
  className?: string;
}

/** A select element for one topic or all. */
export function TopicSelect({ topic, onChange, className = "" }: Props) {
  const say = useStrings();
  return (
    <Select
      label={say.memory.topicLabel}
      value={topic ?? ""}
      className={className}
      options={[
        { value: "", label: say.memory.allTopics },
        ...TOPICS.map((one) => ({ value: one, label: say.memory.topics[one] })),
      ]}
      onChange={(one) => onChange(one === "" ? null : one)}
    />
  );
}
