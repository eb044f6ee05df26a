import { type FormEvent, useState } from "react";
import { FILE_TRUSTS, needsLicence } from "../../core/studio/sources";
import { guessedColumns, isSpreadsheet } from "../../core/studio/tables";
import type { AddStage, FileOptions } from "../../hooks/useAddFile";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Choice } from "../Choice";
import { Area, Field } from "../Field";
import { ActionError } from "../QueryResult";
import { Select } from "../Select";

interface Props {
  stage: Extract<AddStage, { at: "options" }>;
  onSheet: (sheet: string) => void;
  onAdd: (options: FileOptions) => void;
  onCancel: () => void;
}

/** What is said about a chosen file before it's added. */
export function FileOptionsForm({ stage, onSheet, onAdd, onCancel }: Props) {
  const { say, dates } = useSpeech();
  const { examples: words } = useStudioStrings();
  const { file, columns, error } = stage;
  const [options, setOptions] = useState<FileOptions>({
    ...guessedColumns(columns),
    sheet: stage.sheet,
    instructions: "",
    trust: "own",
    licence: "",
  });
  const change = (some: Partial<FileOptions>) => setOptions({ ...options, ...some });
  const named = columns.filter(Boolean).map((each) => ({ value: each, label: each }));
  const isSheet = isSpreadsheet(file.name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isSheet && options.sheet.trim() !== stage.sheet) onSheet(options.sheet.trim());
    else onAdd(options);
  };
  const unread = isSheet && options.sheet.trim() !== stage.sheet;
  return (
    <form onSubmit={submit} className="grid gap-4">
      <p dir="auto" className="font-medium wrap-anywhere">
        {words.chosen(file.name, dates.bytes(file.size))}
      </p>
      <ActionError error={error} />
      {isSheet && (
        <Field
          label={words.sheet}
          hint={words.sheetHint}
          value={options.sheet}
          dir="auto"
          maxLength={200}
          autoComplete="off"
          onChange={(event) => change({ sheet: event.target.value })}
        />
      )}
      {named.length > 0 && !unread && (
        <div className="grid gap-4 sm:grid-cols-2">
          <Select
            label={words.input}
            value={options.input}
            options={named}
            onChange={(input) => change({ input })}
          />
          <Select
            label={words.output}
            value={options.output}
            options={named}
            onChange={(output) => change({ output })}
          />
        </div>
      )}
      <Area
        label={words.instructions}
        hint={words.instructionsHint}
        value={options.instructions}
        dir="auto"
        rows={2}
        maxLength={10_000}
        onChange={(event) => change({ instructions: event.target.value })}
      />
      <Choice
        label={words.trust}
        value={options.trust}
        options={FILE_TRUSTS.map((value) => ({ value, label: words.trusts[value] }))}
        onChange={(trust) => change({ trust })}
      />
      {needsLicence(options.trust) && (
        <Field
          label={words.licence}
          hint={words.licenceHint}
          value={options.licence}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => change({ licence: event.target.value })}
        />
      )}
      <div className="flex flex-wrap gap-2">
        <Button kind="main" type="submit">
          {unread ? words.readSheet : words.add}
        </Button>
        <Button kind="quiet" onClick={onCancel}>
          {say.shell.cancel}
        </Button>
      </div>
    </form>
  );
}
