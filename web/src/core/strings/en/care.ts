/** Help in danger, in English. */

export const care = {
  title: "You don’t have to face this alone",
  titleOther: "You can get help for them",
  call: (name: string, number: string) => `Call ${name}: ${number}`,
  open: (name: string) => `Website or chat: ${name}`,
  website: "Website or chat",
  always: "24/7",
  /** Before the emergency number. */
  emergency: "If anyone is in immediate danger, call",
  emergencyUnknown: "If anyone is in immediate danger, call your local emergency number.",
  emergencyUnknownMore: "In most countries it’s 112, in North America 911.",
  country: "In which country are you?",
  more: "All help lines",
  help: "Get help",
  page: "Get help now",
  pageText:
    "You don’t need a good enough reason to contact these services. Tau is an AI: it can’t be there with you, but they can.",
  safetyPlan: "My safety plan",
  unknown: "I’m somewhere else",
  for: {
    suicide: "suicide",
    self_harm: "self-harm",
    eating: "eating disorders",
    violence: "violence",
    abuse: "abuse and violence at home",
    distress: "hard times",
  } as Record<string, string>,
  notLoaded: "The help lines can’t be loaded right now.",
};
