/** What the owner is called before they say their name. */
export const UNNAMED = "You";
