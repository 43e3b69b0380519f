import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brandPalette, brandStyle } from './brand-palette';
import { SettingsError } from './settings';

/** How the installation presents itself. */
export type Brand = {
  name: string;
  /** A style sheet that sets the accent's tokens; null: the colours of app/globals.css. */
  style: string | null;
  logo: BrandLogo | null;
};

/** The address names the bytes, so browsers may keep it for ever. */
export type BrandLogo = { path: string; bytes: Buffer; contentType: string };

const MAX_LOGO_BYTES = 262_144;

const KINDS: readonly { extension: string; contentType: string; matches: (bytes: Buffer) => boolean }[] = [
  { extension: 'png', contentType: 'image/png', matches: (bytes) => bytes.toString('latin1', 1, 4) === 'PNG' },
  { extension: 'jpg', contentType: 'image/jpeg', matches: (bytes) => bytes.readUInt16BE(0) === 0xffd8 },
  {
    extension: 'webp',
    contentType: 'image/webp',
    matches: (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
  },
  {
    extension: 'svg',
    contentType: 'image/svg+xml',
    matches: (bytes) =>
      /^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--[\s\S]*?-->\s*)*<svg[\s>]/.test(bytes.toString('utf8', 0, 4096)),
  },
];

/**
 * Reads name, colour and logo once, at start.
 * @throws SettingsError for a colour that cannot be made readable and for a file that is no picture
 */
export function loadBrand(settings: { brandName: string; brandColor: string | null; brandLogo: string | null }): Brand {
  return {
    name: settings.brandName,
    style: settings.brandColor === null ? null : styleOf(settings.brandColor),
    logo: settings.brandLogo === null ? null : readLogo(settings.brandLogo),
  };
}

function styleOf(colour: string): string {
  const palette = brandPalette(colour);
  if (palette) return brandStyle(palette);
  throw new SettingsError([
    `BRAND_COLOR is wrong: expected a colour that can be told from a white and from a black page, such as #3d4fd1; ${colour} would have to become another colour`,
  ]);
}

function readLogo(path: string): BrandLogo {
  const bytes = bytesOf(path);
  const kind = bytes.length >= 12 ? KINDS.find(({ matches }) => matches(bytes)) : undefined;
  if (!kind || bytes.length > MAX_LOGO_BYTES) {
    throw new SettingsError([`BRAND_LOGO is wrong: expected a picture (svg, png, jpg, webp) of at most 256 kB`]);
  }
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  return { path: `/brand/${digest}.${kind.extension}`, bytes, contentType: kind.contentType };
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new SettingsError([`BRAND_LOGO is wrong: expected the path of a picture, and ${path} cannot be read`]);
  }
}
