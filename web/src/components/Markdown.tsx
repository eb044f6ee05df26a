import { memo } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { blocksOf, safeLink, shown } from "../core/markdown";

const PLUGINS = [remarkGfm];

/**
 * What a model writes: Markdown without HTML, without images, and without links into Tau itself.
 *
 * An image would tell its address to a stranger's server the moment it is shown: it becomes its words.
 */
const PARTS: Components = {
  a: ({ href, children }) => {
    const address = safeLink(href);
    if (!address) return <span>{children}</span>;
    return (
      <a href={address} target="_blank" rel="noopener noreferrer nofollow" title={address}>
        {children}
      </a>
    );
  },
  img: ({ alt, src }) => (
    <span>{[alt, typeof src === "string" ? `(${src})` : ""].filter(Boolean).join(" ")}</span>
  ),
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="scrolls" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre tabIndex={0} dir="ltr">
      {children}
    </pre>
  ),
};

/** Text by a model, quick to draw again while it grows: only its last block changes. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className="prose">
      {blocksOf(shown(text)).map((block, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a block is what stands at its place
        <Block key={at} text={block} />
      ))}
    </div>
  );
}

const Block = memo(function Block({ text }: { text: string }) {
  return (
    <div dir="auto" className="block">
      <ReactMarkdown components={PARTS} remarkPlugins={PLUGINS}>
        {text}
      </ReactMarkdown>
    </div>
  );
});
