// A sheet from below, and the slide that confirms what cannot be taken back.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { haptic } from "../telegram/haptics";
import { text } from "../text";
import { ChevronIcon } from "./icons";

interface SheetProps {
  readonly title: string;
  readonly onClose: () => void;
  /** The word that closes it, where nothing is left to cancel. */
  readonly closing?: string;
  readonly children: ComponentChildren;
}

/** Modal: the native dialog keeps focus inside, closes on Escape and on a tap beside it. */
export function Sheet({ title, onClose, closing, children }: SheetProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const headingRef = useRef<HTMLHeadingElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal?.();
    headingRef.current?.focus(); // Not a button that a stray key could press.
    return () => dialog?.close?.();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog natively
    <dialog
      ref={ref}
      class="sheet"
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <div class="sheet-inside">
        <div class="sheet-grip" />
        <h2 id={heading} ref={headingRef} tabIndex={-1}>
          {title}
        </h2>
        {children}
        <button type="button" class="button plain" onClick={onClose}>
          {closing ?? text.cancel}
        </button>
      </div>
    </dialog>
  );
}

const SLIDE_END = 100;
const SLIDE_ENOUGH = 95;

interface SlideProps {
  readonly label: string;
  readonly busy: boolean;
  readonly onConfirm: () => void;
}

/** Slide to the end to confirm; arrow keys and End work too. Letting go earlier changes nothing. */
export function Slide({ label, busy, onConfirm }: SlideProps) {
  const [at, setAt] = useState(0);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    ref.current?.style.setProperty("--slide", String(at / SLIDE_END));
  }, [at]);
  const release = (): void => {
    if (at >= SLIDE_ENOUGH) {
      setAt(SLIDE_END);
      haptic.warning();
      onConfirm();
    } else {
      setAt(0);
    }
  };
  return (
    <div class={busy ? "slide busy" : "slide"} ref={ref}>
      <span class="slide-label" aria-hidden="true">
        {label}
      </span>
      <span class="slide-knob">
        <ChevronIcon size={24} />
      </span>
      <input
        type="range"
        min="0"
        max={SLIDE_END}
        value={at}
        disabled={busy}
        aria-label={label}
        onInput={(event) => setAt(Number(event.currentTarget.value))}
        onPointerUp={release}
        onKeyUp={release}
      />
    </div>
  );
}
