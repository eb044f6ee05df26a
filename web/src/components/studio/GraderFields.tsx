import {
  FORM_KINDS,
  type FormKind,
  type GraderForm,
  hasThreshold,
  isUsable,
  METRICS,
  OPERATIONS,
} from "../../core/studio/graders";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Field } from "../Field";
import { Select } from "../Select";

const OTHER = "other";

interface Props {
  /** `null` for a grader written as JSON. */
  form: GraderForm | null;
  onForm: (form: GraderForm) => void;
  onJson: () => void;
  onFields: () => void;
}

/** The fields of the usual graders. */
export function GraderFields({ form, onForm, onJson, onFields }: Props) {
  const { test: words } = useStudioStrings();
  const change = (kind: FormKind | typeof OTHER) => {
    if (kind === OTHER) onJson();
    else if (form) onForm({ ...form, kind });
    else onFields();
  };
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <Select<FormKind | typeof OTHER>
        label={words.grader}
        value={form?.kind ?? OTHER}
        hint={form ? words.graderHints[form.kind] : undefined}
        options={[
          ...FORM_KINDS.map((value) => ({ value, label: words.graders[value] })),
          { value: OTHER, label: words.other },
        ]}
        onChange={change}
      />
      {form?.kind === "string_check" && (
        <Select
          label={words.operation}
          value={form.operation}
          options={OPERATIONS.map((value) => ({ value, label: words.operations[value] }))}
          onChange={(operation) => onForm({ ...form, operation })}
        />
      )}
      {form?.kind === "text_similarity" && (
        <Select
          label={words.metric}
          value={form.metric}
          options={METRICS.map((value) => ({ value, label: value }))}
          onChange={(metric) => onForm({ ...form, metric })}
        />
      )}
      {form && hasThreshold(form.kind) && (
        <Field
          label={words.threshold}
          hint={words.thresholdHint}
          error={isUsable(form) ? null : words.thresholdWrong}
          inputMode="decimal"
          value={form.threshold}
          onChange={(event) => onForm({ ...form, threshold: event.target.value })}
        />
      )}
    </div>
  );
}
