/** What is typed and not saved yet, wherever that is: whatever needs it saved asks here. */

type Save = () => Promise<unknown>;

const saves = new Set<Save>();

/** Say how something is saved, until the returned function is called. */
export function holdUnsaved(save: Save): () => void {
  saves.add(save);
  return () => saves.delete(save);
}

/** Save everything that can be saved now. */
export async function saveAll(): Promise<void> {
  await Promise.allSettled([...saves].map((save) => save()));
}
