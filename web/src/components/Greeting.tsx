import { UNNAMED } from "../core/names";
import { session } from "../core/session";
import { useStore } from "../hooks/useStore";
import { useStrings } from "../hooks/useStrings";

/** The greeting in an empty conversation. */
export function Greeting({ isPrivate }: { isPrivate: boolean }) {
  const say = useStrings();
  const here = useStore(session);
  const name = here.state === "in" && here.me.name !== UNNAMED ? here.me.name : "";
  return (
    <div className="my-auto pb-12">
      <h2 className="font-serif text-4xl leading-tight tracking-tight">
        {isPrivate ? say.talk.privateGreeting : say.talk.greeting(name)}
      </h2>
      <p className="mt-3 font-serif text-xl text-soft">
        {isPrivate ? say.talk.privateText : say.talk.greetingText}
      </p>
      {isPrivate && <p className="mt-2 text-soft">{say.talk.privateLeaving}</p>}
    </div>
  );
}
