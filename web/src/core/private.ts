/** The prefix of ids in private conversations. */
export const PRIVATE_PREFIX = "private-";
