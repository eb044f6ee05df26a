import { showToast } from "../core/toast";
import { useRefreshAll } from "../hooks/useRefreshAll";
import { useStrings } from "../hooks/useStrings";
import { ForgetDialog } from "./ForgetDialog";

/** Dialog that forgets one message of a conversation. */
export function ForgetMessage({ message, onClose }: { message: string; onClose: () => void }) {
  const say = useStrings();
  const refreshAll = useRefreshAll();
  return (
    <ForgetDialog
      what={{ messages: [message] }}
      onClose={onClose}
      onDone={() => {
        onClose();
        showToast(say.talk.forgotten);
        void refreshAll();
      }}
    />
  );
}
