import { classes } from './classes';

const TINTS = 8;

/** A tint from 0 to 7, the same for the same text on every page and every day. */
function tintOf(text: string): number {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % TINTS;
}

const SIZES = {
  sm: 'size-8 rounded-full text-sm',
  md: 'size-10 rounded-md text-base',
  lg: 'size-14 rounded-lg text-xl',
  xl: 'size-24 rounded-lg text-2xl',
};

/** A coloured initial in place of a picture. Decoration: the name stands beside it. */
export function Monogram({ text, size = 'md' }: { text: string; size?: keyof typeof SIZES }) {
  const initial = Array.from(text.trim())[0] ?? '?';
  return (
    <span
      aria-hidden="true"
      className={classes(
        'tint inline-flex shrink-0 items-center justify-center font-semibold uppercase select-none',
        `tint-${tintOf(text)}`,
        SIZES[size],
      )}
    >
      {initial}
    </span>
  );
}
