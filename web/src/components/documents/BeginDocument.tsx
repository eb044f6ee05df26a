import { useState } from "react";
import { useBegin, useTemplates } from "../../hooks/useDocuments";
import { go } from "../../hooks/useRoute";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { Button } from "../Button";
import { FileDrop } from "../FileDrop";
import { Section } from "../Page";
import { ActionError } from "../QueryResult";
import { Select } from "../Select";

/** Begins a document, from a template or from a file. */
export function BeginDocument() {
  const say = useWritingStrings();
  const templates = useTemplates().data?.templates ?? [];
  const [chosen, setChosen] = useState("letter-din");
  const begin = useBegin((made) => go({ page: "documents", document: made.id }));
  return (
    <Section title={say.begin} about={say.beginAbout}>
      <div className="flex flex-wrap items-end gap-3">
        <Select
          label={say.template}
          value={chosen}
          options={templates.map((one) => ({ value: one.name, label: one.title }))}
          onChange={setChosen}
          className="flex-1"
        />
        <Button kind="main" disabled={begin.isPending} onClick={() => begin.mutate(chosen)}>
          {say.make}
        </Button>
      </div>
      <FileDrop
        hint={say.fileHint}
        label={say.file}
        accept=".docx,.md,.markdown,.txt"
        formats={say.formats}
        onFile={(file) => begin.mutate(file)}
      />
      <ActionError error={begin.error} />
    </Section>
  );
}
