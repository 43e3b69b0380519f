import { createHash } from 'node:crypto';
import sharp, { type ResizeOptions } from 'sharp';

/** A picture that we decoded and wrote anew: nothing of the uploaded bytes is in it. */
export type Picture = { png: Buffer; width: number; height: number /** SHA-256 of the PNG, in hex. */; digest: string };

/** Why an upload is no picture that we keep. */
export type PictureProblem = 'empty' | 'too_large' | 'wrong_kind' | 'too_many_pixels' | 'damaged' | 'busy';

/** Bytes of an upload. */
export const MAX_UPLOAD_BYTES = 4 * 1024 * 1024;
/** Pixels of either side; a few kilobytes can claim to be a picture of gigabytes. */
const MAX_SIDE = 6_000;
const MAX_PIXELS = 24_000_000;
const ICON_SIDE = 500;
const SCREENSHOT_SIDE = 1_920;
const DECODING_SECONDS = 5;
/** Decoding is memory and a thread of the pool that signing uses, too: one at a time, and no long queue for it. */
const MOST_WAITING = 20;

// Other loaders stay shut, whatever a file claims to be: SVG, PDF, HEIF and TIFF parsers are where the holes are.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadNsgifBuffer',
    'VipsForeignLoadWebpBuffer',
  ],
});
sharp.concurrency(1);
sharp.cache(false);

const SIGNATURES: readonly ((bytes: Buffer) => boolean)[] = [
  (bytes) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
  (bytes) => bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])),
  (bytes) => /^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6)),
  (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
];

/** An app's icon: jpg, png, gif or webp, known by its first bytes, fitted into a PNG of 500x500 on a clear ground. */
export function decodeIcon(upload: Buffer): Promise<Picture | PictureProblem> {
  return decode(upload, { width: ICON_SIDE, height: ICON_SIDE, fit: 'contain', background: '#0000' });
}

/** A screenshot for reviewers: as it is, but no larger than 1920 either way. */
export function decodeScreenshot(upload: Buffer): Promise<Picture | PictureProblem> {
  return decode(upload, { width: SCREENSHOT_SIDE, height: SCREENSHOT_SIDE, fit: 'inside', withoutEnlargement: true });
}

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

async function decode(upload: Buffer, size: ResizeOptions): Promise<Picture | PictureProblem> {
  if (upload.length === 0) return 'empty';
  if (upload.length > MAX_UPLOAD_BYTES) return 'too_large';
  if (!SIGNATURES.some((matches) => matches(upload))) return 'wrong_kind';
  if (waiting >= MOST_WAITING) return 'busy';
  waiting++;
  const decoded = last.then(() => redraw(upload, size)).finally(() => waiting--);
  last = decoded;
  return decoded;
}

async function redraw(upload: Buffer, size: ResizeOptions): Promise<Picture | PictureProblem> {
  try {
    const image = sharp(upload, { limitInputPixels: MAX_PIXELS, failOn: 'error', pages: 1 });
    const { width, height } = await image.metadata();
    if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) return 'too_many_pixels';
    // Turned as the camera was held; then every other piece of metadata is left behind (places, comments, profiles).
    const { data, info } = await image
      .autoOrient()
      .resize(size)
      .toColourspace('srgb')
      .png({ compressionLevel: 9 })
      .timeout({ seconds: DECODING_SECONDS })
      .toBuffer({ resolveWithObject: true });
    const digest = createHash('sha256').update(data).digest('hex');
    return { png: data, width: info.width, height: info.height, digest };
  } catch (error) {
    return /pixel limit/i.test((error as Error).message) ? 'too_many_pixels' : 'damaged';
  }
}
