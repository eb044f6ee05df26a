/** The first run, in English. */
export const start = {
  title: "Welcome",
  hello: "Hello. I am Tau.",
  helloAbout:
    "I remember what you tell me, on every device, and I belong to you: what you say is sealed with your own key.",
  step: (step: number, of: number) => `Step ${step} of ${of}`,
  language: "Language",
  name: "What shall I call you?",
  next: "Continue",
  skip: "Skip",
  brain: "Which brain shall I think with?",
  brainAbout: "You can change it at any time in the settings.",
  asIs: (name: string) => `As it is: ${name}`,
  asIsAbout: "It was chosen when Tau was set up.",
  builtIn: "The built-in one",
  builtInAbout:
    "135 million parameters: quick, private and always there, but tiny. English only. It remembers well and is often wrong: a stand-in until you have something better.",
  builtInBetter: (name: string, size: string) =>
    `It answers at once. A better one that fits this machine, ${name} (${size}), is downloaded meanwhile and then takes over.`,
  builtInMissing: (size: string) => `It is downloaded first: ${size}.`,
  found: (name: string) => name,
  foundAbout: (about: string) => `${about}. Nothing leaves this machine.`,
  foundBy: (server: string): string => server,
  looking: "Looking for models on this machine …",
  stronger: "A stronger open model",
  strongerAbout: (about: string, size: string, licence: string) =>
    `${about} A download of ${size}; licence ${licence}.`,
  strongerPick: "Which one?",
  strongerNote:
    "You can begin at once: the built-in one answers while this one arrives, and it takes over by itself.",
  strongerHere: "It is here already.",
  endpoint: "An endpoint and a key",
  endpointAbout: "A server of your own or a cloud. It is tried before it is taken.",
  endpointFirst: "Try the endpoint and keep it, then begin.",
  endpointKept: (name: string) => `${name} is kept.`,
  learns: "Let it draw facts from what I say",
  learnsHere: "It reads your words when nobody waits. They stay on this machine.",
  learnsThere:
    "Your words are sent there once more, several at a time, when nobody waits. With a paid endpoint that costs what reading them costs.",
  begin: "Begin",
  beginning: "One moment …",
  back: "Back",
  downloadBegun: (name: string) => `${name} is on its way. Settings show how far it is.`,
};
