/** How the server's identifiers of what is never written down begin. */
export const PRIVATE_PREFIX = "private-";
