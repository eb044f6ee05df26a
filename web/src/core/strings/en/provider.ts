/** Signing in with an account elsewhere, in English. */
export const provider = {
  signIn: (name: string) => `Continue with ${name}`,
  join: (name: string) => `Join with ${name}`,
  /** Why a provider signed nobody in, by the code in the address. */
  refused: (code: string) =>
    ({
      account_not_linked:
        "Nobody here uses that account. Sign in the way you did before, then add it under Settings > Devices; or ask the owner of this Tau for an invitation.",
      bad_input:
        "That account can’t be added: Tau can open your data only while learning while you are away is on, under Settings > Account.",
      conflict: "That account belongs to another person of this Tau already.",
      provider_unavailable: "The provider that signs people in doesn’t answer. Try again.",
    })[code] ?? "That didn’t sign you in. Begin again in this browser, or sign in another way.",
  title: (name: string) => `Signing in with ${name}`,
  about: (name: string) =>
    `Once it is linked, your account at ${name} signs you in on any device. ${name} learns when you sign in, nothing else. It works while learning while you are away is on: Tau then opens your data with its own key.`,
  linkedOn: (day: string) => `Linked on ${day}.`,
  link: "Link my account",
  unlink: "Unlink it",
};
