import { contrast, type Oklch, toHex, toOklch } from './contrast';

/** The shades of the brand's colour that the interface uses, by the names in app/globals.css. */
export type Shades = {
  /** Surface of the main button; `ink` is read on it, `strong` is it under the pointer. */
  accent: string;
  strong: string;
  ink: string;
  /** Links and marks on every surface, `soft` included. */
  text: string;
  soft: string;
  line: string;
};

export type BrandPalette = { light: Shades; dark: Shades };

/** WCAG 2.2 §1.4.3 for text, §1.4.11 for the edges of controls. */
const TEXT = 4.5;
const EDGE = 3;

type Scheme = { surfaces: readonly string[]; softLightness: number; lineLightness: number; towardsText: -1 | 1 };

// The surfaces of app/globals.css: canvas, surface, subtle. A test holds them against the file.
export const SCHEMES: { light: Scheme; dark: Scheme } = {
  light: { surfaces: ['#f6f7f9', '#ffffff', '#f0f2f5'], softLightness: 0.96, lineLightness: 0.85, towardsText: -1 },
  dark: { surfaces: ['#0d1015', '#151920', '#1d222b'], softLightness: 0.26, lineLightness: 0.42, towardsText: 1 },
};

const INKS = ['#ffffff', '#0d1015'] as const;

/** How far (Oklab lightness) a colour may be moved for a scheme before it is another colour. */
const FARTHEST = 0.3;

/**
 * Derives every shade from one colour, each with the contrast that its use needs.
 * @param colour `#rrggbb`
 * @returns null for a colour that cannot be told from the page in one of the schemes without becoming another one
 */
export function brandPalette(colour: string): BrandPalette | null {
  const light = shades(colour, SCHEMES.light);
  const dark = shades(colour, SCHEMES.dark);
  return light && dark && { light, dark };
}

function shades(colour: string, scheme: Scheme): Shades | null {
  const given = toOklch(colour);
  const soft = toHex({ ...given, l: scheme.softLightness, c: Math.min(given.c, 0.035) });
  const surfaces = [...scheme.surfaces, soft];
  const edge = reach(
    given,
    scheme,
    (shade) => scheme.surfaces.every((surface) => contrast(shade, surface) >= EDGE) && inkOn(shade) !== undefined,
  );
  const readable = reach(given, scheme, (shade) => surfaces.every((surface) => contrast(shade, surface) >= TEXT));
  if (!edge || !readable || Math.abs(edge.l - given.l) > FARTHEST) return null;
  const accent = toHex(edge);
  const ink = inkOn(accent) as string;
  // Under the pointer the surface moves away from its ink.
  const strong = toHex({ ...edge, l: edge.l + (ink === INKS[0] ? -0.06 : 0.06) });
  return {
    accent,
    strong,
    ink,
    text: toHex(readable),
    soft,
    line: toHex({ ...given, l: scheme.lineLightness, c: Math.min(given.c, 0.09) }),
  };
}

const inkOn = (surface: string) => INKS.find((ink) => contrast(surface, ink) >= TEXT);

/** The nearest lightness, away from the page, at which a colour serves. */
function reach(from: Oklch, { towardsText }: Scheme, serves: (shade: string) => boolean): Oklch | null {
  for (let l = from.l; l >= 0 && l <= 1; l += towardsText * 0.005) {
    const colour = { ...from, l };
    if (serves(toHex(colour))) return colour;
  }
  return null;
}

/** The tokens as a style sheet, for both schemes. */
export function brandStyle({ light, dark }: BrandPalette): string {
  return `:root{${tokens(light)}}@media (prefers-color-scheme:dark){:root{${tokens(dark)}}}`;
}

const tokens = ({ accent, strong, ink, text, soft, line }: Shades) =>
  `--accent:${accent};--accent-strong:${strong};--accent-ink:${ink};--accent-text:${text};--accent-soft:${soft};--accent-line:${line}`;
