/** A local storage for tests, whose keys are its own properties as in a browser's. */
export class MemoryStorage {
  setItem(key: string, value: string) {
    (this as unknown as Record<string, string>)[key] = value;
  }
  getItem(key: string): string | null {
    return Object.hasOwn(this, key)
      ? ((this as unknown as Record<string, string>)[key] as string)
      : null;
  }
  removeItem(key: string) {
    delete (this as unknown as Record<string, string>)[key];
  }
}
