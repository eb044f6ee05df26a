import { isoTime } from "../../core/dates";
import { plain } from "../../core/markdown";
import { learnerOf } from "../../core/memory";
import type { Claim } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";

/** Every statement of a fact: said in a conversation, added by hand, or imported. */
export function Claims({ claims }: { claims: readonly Claim[] }) {
  return (
    <ul className="grid gap-2.5">
      {claims.map((claim) => (
        <ClaimItem key={claim.id} claim={claim} />
      ))}
    </ul>
  );
}

function ClaimItem({ claim }: { claim: Claim }) {
  const { say, dates } = useSpeech();
  const { learners, claimTrust } = say.memory;
  const learner = learnerOf(claim.by);
  const details = [
    learner === "model" ? learners.model(plain(claim.by)) : learners[learner],
    claimTrust[claim.trust],
  ].filter(Boolean);
  return (
    <li>
      <p dir="auto" className="font-serif wrap-anywhere">
        {plain(claim.text)}
      </p>
      <p className="text-sm text-soft">
        <time dateTime={isoTime(claim.at)} title={dates.moment(claim.at)}>
          {dates.day(claim.at)}
        </time>
        {` · ${details.join(" · ")}`}
      </p>
    </li>
  );
}
