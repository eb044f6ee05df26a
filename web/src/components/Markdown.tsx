import { memo } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { blocksOf, safeLink, shown } from "../core/markdown";

const PLUGINS = [remarkGfm];

/**
 * Markdown by a model: no HTML, no images, no links into Tau itself.
 *
 * Loading an image would tell another server that it was read, so its alternative text is shown.
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

/** Model output as Markdown. While it grows, only the last block is rendered again. */
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
