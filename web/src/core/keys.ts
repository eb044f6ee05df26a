/** Keyboard handling in text fields. */

/** The key code that browsers report for keys handled by an input method. */
const IN_AN_INPUT_METHOD = 229;

/**
 * Return whether a key press belongs to an input method's composition, as for Chinese.
 *
 * One browser reports the composition as ended at the final Enter, but keeps the code.
 */
export function isComposing(event: { isComposing: boolean; keyCode: number }): boolean {
  return event.isComposing || event.keyCode === IN_AN_INPUT_METHOD;
}
