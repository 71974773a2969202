/** The name that a spec uses for a setting: `maxSide` → `max_side`. */
export function specName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
