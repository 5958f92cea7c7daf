// A text to take elsewhere, with a button that copies it.
import { text } from "../text";
import { Section } from "./parts";
import { CopyIcon } from "./rareIcons";
import { done, refused } from "./toast";

async function copy(words: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(words);
    done(text.paste.copied);
  } catch {
    refused(text.paste.refused); // A framed client may forbid the clipboard.
  }
}

export function Paste({ name, words }: { name: string; words: string }) {
  return (
    <Section
      title={name}
      aside={
        <button type="button" class="more" onClick={() => void copy(words)}>
          <CopyIcon size={18} />
          {text.paste.copy}
        </button>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling block must be reachable */}
      <pre class="card paste" dir="ltr" tabIndex={0}>
        {words}
      </pre>
    </Section>
  );
}
