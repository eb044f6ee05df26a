/** What a key means where somebody writes. */

/** The code that browsers give for every key that an input method takes. */
const IN_AN_INPUT_METHOD = 229;

/**
 * Return whether a key belongs to an input method that puts a word together, as for Chinese.
 *
 * One browser says at the Enter that ends it that nothing is put together any more, but keeps the code.
 */
export function isComposing(event: { isComposing: boolean; keyCode: number }): boolean {
  return event.isComposing || event.keyCode === IN_AN_INPUT_METHOD;
}
