/** The owner's name before they enter one. */
export const UNNAMED = "You";
