import { useState } from "react";
import { plain } from "../../core/markdown";
import { showToast } from "../../core/toast";
import type { Attachment } from "../../core/types";
import { useAttachments } from "../../hooks/useAttachments";
import { useRefreshAll } from "../../hooks/useRefreshAll";
import { go } from "../../hooks/useRoute";
import { useSpeech, useStrings } from "../../hooks/useStrings";
import { AttachedFiles } from "../AttachedFiles";
import { ForgetDialog } from "../ForgetDialog";
import { Menu } from "../Menu";
import { QueryResult } from "../QueryResult";

/** The files that came with messages, and a way to forget each. */
export function FilesView() {
  const say = useStrings();
  return (
    <section className="grid gap-3 pt-4">
      <p className="text-soft">{say.memory.filesIntro}</p>
      <QueryResult
        query={useAttachments()}
        isEmpty={(files) => files.length === 0}
        empty={say.memory.filesEmpty}
      >
        {(files) => (
          <ul className="divide-y divide-line rounded-2xl border border-line bg-sheet">
            {files.map((file) => (
              <FileItem key={file.id} file={file} />
            ))}
          </ul>
        )}
      </QueryResult>
    </section>
  );
}

function FileItem({ file }: { file: Attachment }) {
  const { say, dates } = useSpeech();
  const refresh = useRefreshAll();
  const [forgetting, setForgetting] = useState(false);
  const { conversation } = file;
  return (
    <li className="flex items-start gap-1 py-2 ps-4 pe-1.5">
      <div className="min-w-0 flex-1 py-1">
        <AttachedFiles files={[file]} />
        <p className="pt-1 text-sm text-soft">
          {[dates.day(file.at), dates.bytes(file.size)].join(" · ")}
        </p>
      </div>
      <Menu
        label={say.memory.fileMenu(plain(file.name) || say.memory.namelessFile)}
        items={[
          ...(conversation
            ? [
                {
                  label: say.memory.toMessage,
                  icon: "talk" as const,
                  act: () => go({ page: "talk", conversation, message: null }),
                },
              ]
            : []),
          {
            label: say.memory.forgetFile,
            icon: "trash" as const,
            danger: true,
            act: () => setForgetting(true),
          },
        ]}
      />
      {forgetting && (
        <ForgetDialog
          what={{ attachments: [file.id] }}
          onClose={() => setForgetting(false)}
          onDone={() => {
            setForgetting(false);
            showToast(say.memory.didForget);
            void refresh();
          }}
        />
      )}
    </li>
  );
}
