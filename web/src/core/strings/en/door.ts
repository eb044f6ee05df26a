/** Coming in, in English. */
export const door = {
  title: "Come in",
  about:
    "Tau is your own: only you have the keys. The link that `tau link` prints opens it without a password.",
  name: "Name",
  password: "Password",
  newPassword: "Choose a password",
  code: "Recovery code",
  signIn: "Sign in",
  useCode: "Use a recovery code",
  usePassword: "Use a password",
  accept: "Accept the invitation",
  acceptTitle: "You are invited",
  acceptAbout:
    "Choose a name and a password. Your life with Tau is sealed with them: nobody else can read it, not even who invited you.",
  entering: "Opening the door …",
};
