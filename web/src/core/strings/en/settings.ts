/** Settings, in English. */
import type { Alias } from "../../models";
import type { SettingsView } from "../../routes";
import { limits, usage } from "./usage";

const SPANS = { minute: "minute", hour: "hour", day: "day" };
const many = (count: number, one: string) => (count === 1 ? one : `${one}s`);
const span = (count: number, unit: keyof typeof SPANS) => `${count} ${many(count, SPANS[unit])}`;

const general = {
  title: "Settings",
  navigation: "Settings",
  all: "All settings",
  views: {
    models: "Models",
    experts: "Specialists",
    people: "People",
    devices: "Devices",
    keys: "API keys",
    usage: "Usage",
    account: "Account",
    appearance: "Appearance",
    data: "Data",
  } satisfies Record<SettingsView, string>,
  about: {
    models: "Which brain Tau thinks with, how fast it is, and what learns",
    experts: "Who shares your memory, what each may read and learn",
    people: "Who lives with this Tau, and invitations",
    devices: "Where you are signed in, and a link for one more",
    keys: "For programs that talk to Tau in your name",
    usage: "Tokens and cost, by key and model",
    account: "Your name, password, recovery code, and signing out",
    appearance: "Language, light or dark, the size of the text",
    data: "Where everything lies, how much it is, backups and export",
  } satisfies Record<SettingsView, string>,
  rename: "Rename",
  remove: "Remove",
  add: "Add",
  saved: "Saved.",
  shownOnce: "This is shown once. Keep it somewhere safe now; nobody can show it to you again.",
  copyFailed: "Your browser does not let this page copy. Select the text and copy it yourself.",
  span,
  typeName: (name: string) => `Type “${name}” to confirm`,
  owner: "owner",
  you: "you",
};

const models = {
  /** What the catalog says of a model, in the page's language where it is known. */
  told: (_name: string, about: string): string => about,
  aliases: {
    companion: "Talking",
    learner: "Learning",
    embedder: "Finding",
  } satisfies Record<Alias, string>,
  aliasAbout: {
    companion:
      "Who answers you. The first one is asked; if it cannot be reached before its first word, the next one answers.",
    learner:
      "Who reads what you said, when nobody waits, and draws facts from it. Without one, Tau learns by a few sure rules alone.",
    embedder:
      "Who finds what was meant, not only what was said. Whoever stands here receives every message and every search.",
  } satisfies Record<Alias, string>,
  readOnly: "The owner of this Tau chooses the models, for everybody on it.",
  nobody: "Nobody yet.",
  addTo: (alias: string) => `Add a model to “${alias}”`,
  choose: "Choose a model …",
  up: (name: string) => `Ask ${name} earlier`,
  down: (name: string) => `Ask ${name} later`,
  takeOut: (name: string) => `Take ${name} out`,
  fixed: "Set in the settings of this Tau; it always comes first.",
  notReady: "not downloaded yet",
  notReadyNext: "not downloaded yet; the next one answers meanwhile",
  list: "All models",
  listAbout: "A test sends one tiny request and measures the answer.",
  empty: "No models are known.",
  origin: {
    pack: "runs inside Tau; your words stay on this machine",
    endpoint: "an endpoint; what a prompt holds is sent there",
    found: "another program on this machine",
    scripted: "follows a script, for tests",
  },
  capability: {
    chat: "talks",
    embed: "finds",
    learn: "learns",
    tools: "uses tools",
  } as Record<string, string>,
  ready: "Ready",
  toDownload: "Not downloaded",
  /** What stands between several in a row. */
  between: ", ",
  usedFor: (aliases: string) => `In use: ${aliases}`,
  test: "Test",
  testNamed: (name: string) => `Test ${name}`,
  testing: "Testing …",
  speed: (first: string, rate: string | null) =>
    rate === null ? `Answers after ${first}.` : `First word after ${first}, then ${rate}.`,
  seconds: (value: string) => `${value} s`,
  loaded: (memory: string, rate: string) =>
    `loaded${memory ? `, takes ${memory} of memory` : ""}${rate ? `, ${rate}` : ""}`,
  rate: (value: string) => `${value} tokens a second`,
  noAnswer: (sentence: string) => sentence,
  download: (size: string) => `Download, ${size}`,
  downloading: (name: string) => `Downloading ${name}`,
  preparing: "Preparing the download …",
  progress: (done: string, total: string) => `${done} of ${total}`,
  downloadFailed: (sentence: string) => sentence,
  menu: (name: string) => `What to do with ${name}`,
  deleteDownload: "Delete the download",
  forgetEndpoint: "Forget this endpoint",
  removeTitle: (name: string) => `Remove ${name}?`,
  removePack: "The downloaded file is deleted. You can download it again.",
  removeEndpoint: "Its address and its key are deleted from this Tau.",
  removeUsed: (aliases: string) => `It is in use (${aliases}); the next one there answers then.`,
  found: "Found on this machine",
  foundAbout: "Ollama, LM Studio, llama.cpp and vLLM, where they usually listen.",
  foundNone: "No other model server answers on this machine.",
  look: "Look again",
  looking: "Looking …",
  use: "Talk with it",
  usedNow: (name: string) => `${name} answers from now on.`,
  addEndpoint: "Connect an endpoint",
  addEndpointAbout:
    "Any server or cloud that speaks as OpenAI’s does. It is tried before it is kept.",
  address: "Address",
  addressHint: "For example https://host/v1",
  key: "Key",
  keyHint: "If it wants one. It is sealed before it is stored, and sent to that address only.",
  try: "Try it",
  trying: "Trying …",
  which: "Which of its models?",
  hasModels: (count: number) =>
    count === 1 ? "It answers, and has one model." : `It answers, and has ${count} models.`,
  modelName: "What it calls the model",
  works: "It works.",
  name: "A name for it here",
  keep: "Keep it",
  kept: (name: string) => `${name} is kept.`,
  leaves: (host: string) =>
    `What you say leaves this machine. Each reply sends to ${host}: Tau’s manner, the recent messages of the conversation, what was recalled from any earlier conversation, and your words. What is kept there is between you and them. You choose this for everybody on this Tau.`,
  stays: "This address is on this machine: Tau sends nothing elsewhere.",
};

const people = {
  title: "Who lives here",
  about: "Each person’s life is sealed with their own key. You cannot read theirs.",
  since: (day: string) => `here since ${day}`,
  alone: "You live here alone.",
  menu: (name: string) => `What to do with ${name}`,
  renameTitle: (name: string) => `Another name for ${name}`,
  name: "Name",
  removeTitle: (name: string) => `Remove ${name} and all they said?`,
  removeText:
    "Their conversations, everything known of them, their devices and keys are erased for good. Nobody can bring them back.",
  removeNow: "Erase for good",
  removed: (name: string) => `${name} was removed.`,
  invite: "Invite somebody",
  inviteAbout:
    "They choose their own name and password. The owner chooses the models for everybody.",
  makeInvitation: "Make an invitation",
  invitation: "The invitation",
  invitationNote: (time: string) =>
    `Give it to one person, in a way you trust: it is shown once, works once, and for ${time}.`,
};

const devices = {
  title: "Signed in",
  about: "A device that is signed out is out at once, and everywhere within ten seconds.",
  label: (label: string): string => label,
  current: "this device",
  used: (when: string) => `last used ${when}`,
  unused: (day: string) => `since ${day}`,
  signOut: "Sign out",
  signOutNamed: (label: string) => `Sign out ${label}`,
  signOutTitle: (label: string) => `Sign out ${label}?`,
  signOutText: "Whoever uses it has to sign in again.",
  empty: "No other device is signed in.",
  link: "Another device",
  linkAbout: "A link signs it in as you, without a password. Open it there.",
  makeLink: "Make a link",
  linkLabel: "The link",
  linkNote: (time: string) =>
    `Whoever opens it first is you. It is shown once, works once, and for ${time}.`,
  onlyHere:
    "This address is that of this machine alone: another device cannot open it. For that, let Tau listen in your network behind a proxy with TLS, and set `public_url`.",
};

const keys = {
  about:
    "A key opens your life to a program, memory included. Give each program its own, so that you can take it back.",
  title: "Keys",
  empty: "No program has a key yet.",
  made: (day: string) => `made ${day}`,
  used: (when: string) => `last used ${when}`,
  unused: "never used",
  revoke: "Revoke",
  revokeNamed: (label: string) => `Revoke ${label}`,
  revokeTitle: (label: string) => `Revoke “${label}”?`,
  revokeText: "The program that has it cannot talk to Tau any more.",
  make: "Make a key",
  label: "What it is for",
  labelHint: "For example: notes on my laptop",
  newKey: "The new key",
  example: "How a program uses it",
  exampleAbout:
    "Any client made for OpenAI works. The model “tau” is your companion with its memory; any other name is that model alone.",
  exampleWords: "When is the birthday of Ines?",
};

const account = {
  name: "Name",
  nameAbout: "What Tau calls you, and the name you sign in with.",
  password: "Password",
  hasPassword: "You have a password. A new one takes its place.",
  noPassword: "There is no password yet: other devices come in by a link only.",
  newPassword: "New password",
  passwordHint: (shortest: number) =>
    `At least ${shortest} characters. Nobody can reset it for you.`,
  signOutOthers: "Sign out my other devices",
  setPassword: "Set the password",
  passwordSet: "The password is set.",
  recovery: "Recovery code",
  hasRecovery: "You have a recovery code. A new one makes the old one worthless.",
  noRecovery:
    "There is none yet. If you lose every way in, nobody can bring your memories back: write one on paper.",
  makeRecovery: "Make a recovery code",
  makeRecoveryAgain: "Make a new code",
  code: "Your recovery code",
  print: "Print",
  printed: (name: string, day: string, address: string) =>
    `Recovery code of ${name} for Tau at ${address}, made on ${day}. It opens everything you ever said to Tau.`,
  away: "While you are away",
  awayLabel: "Let Tau learn while I am away",
  awayHint:
    "Tau keeps a key to your life on its server, to learn and to answer at other doors when you are not there. Whoever has both the database and the server’s key can then read what you said.",
  awayOff: "Off: nothing opens your life but you, and Tau rests while you are away.",
  awayNeeds: "To switch it off, set a password or make a recovery code first.",
  dataKey: "Encryption key",
  dataKeyAbout:
    "What you say is encrypted with your key. Change it if someone may have a copy of this Tau's data and something that opens it.",
  changeDataKey: "Change my key",
  changeDataKeyTitle: "Change your key?",
  changeDataKeyText:
    "What you say from now on is encrypted with a new key. Your other devices are signed out, your API keys stop working, and a recovery code is replaced. An old copy can still show what you said until now.",
  changeDataKeyNow: "Change the key",
  currentPassword: "Your password",
  dataKeyChanged: "Your key is changed.",
  signOut: "Sign out",
  signOutAbout: "What this device keeps for reading without Tau is thrown away.",
  signOutWarning:
    "You have neither a password nor a recovery code: you come in again only by a link from another device, or by `tau link` on the machine of this Tau.",
  removeMe: "Leave this Tau",
  removeMeAbout: "Everything you said and everything known of you is erased for good.",
  removeMeTitle: "Erase your whole life here?",
  removeMeText:
    "Your conversations, what is known of you, your devices and keys: all goes, and nobody can bring it back. Take an export first if you want to keep it.",
  removeMeNow: "Erase everything",
};

const appearance = {
  language: "Language",
  theme: "Light or dark",
  themes: { system: "As the device", light: "Light", dark: "Dark" },
  textSize: "Size of the text",
  sizes: { small: "Small", medium: "Medium", large: "Large", huge: "Very large" },
  sample: "This is how Tau speaks to you.",
  device: "On this device",
  keepsOffline: "Keep recent conversations on this device",
  keepsOfflineHint:
    "They can be read here while Tau cannot be reached, by whoever can open this browser. They are thrown away when you sign out, or when you forget something.",
  looks: "Looks",
  looksAbout: "These choices hold for this browser alone.",
};

const data = {
  yours: "What is yours",
  conversations: (count: number, told: string) => `${told} ${many(count, "conversation")}`,
  messages: (count: number, told: string) => `${told} ${many(count, "message")}`,
  facts: (count: number, told: string) => `${told} ${many(count, "thing")} known`,
  exportAbout:
    "An export is plain text: from then on it is as safe as the place where you put it. It holds all that you said, and can be brought back here or to another Tau.",
  exportAll: "Everything (JSON Lines)",
  exportRead: "For reading (Markdown)",
  exportKnown: "What is known (Portable AI Memory)",
  bring: "Bring an export back",
  lies: "Where everything lies",
  version: "Version",
  address: "Address",
  home: "Home folder",
  database: "Database",
  databaseKind: { sqlite: "SQLite", postgresql: "PostgreSQL" },
  models: "Models",
  offline: "Downloads",
  offlineOn: "forbidden (`offline`)",
  backups: "Backups",
  backupsAbout:
    "Copies of the whole database, as sealed as it is. What is forgotten later goes from these copies too.",
  backupsElsewhere:
    "This Tau keeps its data in PostgreSQL: make backups with `tau backup`, and put them back with `tau restore`.",
  none: "There is no backup yet.",
  make: "Make a backup",
  making: "Copying …",
  made: "The backup is made.",
  get: "Download",
  getNamed: (name: string) => `Download ${name}`,
  deleteNamed: (name: string) => `Delete ${name}`,
  deleteTitle: "Delete this backup?",
  deleteText: "The copy is gone then. The database itself stays as it is.",
  deleteNow: "Delete",
  byTau: "made by Tau before a change",
  restore: "To restore one",
  restoreSteps:
    "Stop Tau, put the copy back, and start it again. What you forgot since stays forgotten, and what was there before is kept as a backup.",
  guard:
    "A backup does not hold the server’s key. Keep `server.key` from the home folder too, apart from the backup: whoever has both can read it.",
};

export const settings = {
  ...general,
  models,
  people,
  devices,
  keys,
  limits,
  usage,
  account,
  appearance,
  data,
};
