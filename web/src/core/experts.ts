/** Specialists: their names, and what their scopes allow. Pure. */

/** Reflective support, whose words stay there. */
export const CARE = "care";
/** Plain talk, which is no specialist. */
export const TALK = "talk";
