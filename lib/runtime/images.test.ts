import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeIcon, decodeScreenshot, MAX_UPLOAD_BYTES, type Picture } from './images';

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#336699' } });

async function pictureOf(upload: Buffer): Promise<Picture> {
  const decoded = await decodeIcon(upload);
  if (typeof decoded === 'string') throw new Error(decoded);
  return decoded;
}

/** A PNG whose header claims a size that its bytes don't hold. */
async function claiming(width: number, height: number): Promise<Buffer> {
  const png = await plain(1, 1).png().toBuffer();
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return png;
}

describe('case 82: icons', () => {
  it.each(['jpeg', 'png', 'gif', 'webp'] as const)('%s becomes a PNG of 500x500', async (format) => {
    const icon = await pictureOf(await plain(640, 320).toFormat(format).toBuffer());
    expect(await sharp(icon.png).metadata()).toMatchObject({ format: 'png', width: 500, height: 500 });
    expect(icon.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('a wide picture is fitted whole, on a clear ground', async () => {
    const { png } = await pictureOf(await plain(640, 320).png().toBuffer());
    const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4)];
    expect(at(250, 5)[3]).toBe(0);
    expect(at(250, 250)).toEqual([0x33, 0x66, 0x99, 255]);
  });

  it('the same picture has the same digest', async () => {
    const upload = await plain(64, 64).png().toBuffer();
    expect((await pictureOf(upload)).digest).toBe((await pictureOf(upload)).digest);
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'empty'],
    ['an SVG with a script', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), 'wrong_kind'],
    ['HTML', Buffer.from('<!doctype html><script>alert(1)</script>'), 'wrong_kind'],
    ['AVIF', Buffer.from('000000206674797061766966', 'hex'), 'wrong_kind'],
    ['HEIC', Buffer.from('000000186674797068656963', 'hex'), 'wrong_kind'],
    ['TIFF', Buffer.from('49492a0008000000', 'hex'), 'wrong_kind'],
    [
      'a PNG signature with rubbish behind it',
      Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(99)]),
      'damaged',
    ],
    ['an SVG behind a JPEG signature', Buffer.concat([Buffer.from('ffd8ff', 'hex'), Buffer.from('<svg/>')]), 'damaged'],
    ['30 MB', Buffer.alloc(30_000_000, 0xff), 'too_large'],
  ] as const)('%s is refused', async (_name, upload, problem) => {
    expect(await decodeIcon(upload)).toBe(problem);
  });

  it.each([
    [50_000, 50_000],
    [6_001, 10],
    [5_999, 5_999],
  ])('%i x %i pixels are refused before they are decoded', async (width, height) => {
    expect(await decodeIcon(await claiming(width, height))).toBe('too_many_pixels');
  });

  it('a polyglot loses what is no picture', async () => {
    const html = Buffer.from('<script>alert(document.domain)</script>');
    const upload = Buffer.concat([await plain(32, 32).png().toBuffer(), html]);
    const decoded = await decodeIcon(upload);
    expect(typeof decoded === 'string' ? decoded : decoded.png.includes('script')).toBe(false);
  });

  it('the place where a photograph was taken is left behind, and it stands upright', async () => {
    const exif = { IFD0: { Copyright: 'somebody' }, IFD3: { GPSLatitude: '51/1 30/1 3230/100', GPSLatitudeRef: 'N' } };
    const upload = await plain(40, 20).jpeg().withExif(exif).withMetadata({ orientation: 6 }).toBuffer();
    expect((await sharp(upload).metadata()).exif).toBeDefined();
    const decoded = await decodeScreenshot(upload);
    expect(decoded).toMatchObject({ width: 20, height: 40 });
    expect((await sharp((decoded as Picture).png).metadata()).exif).toBeUndefined();
  });

  it('a screenshot is made smaller, never larger', async () => {
    expect(await decodeScreenshot(await plain(3_840, 2_160).png().toBuffer())).toMatchObject({
      width: 1_920,
      height: 1_080,
    });
    expect(await decodeScreenshot(await plain(300, 200).png().toBuffer())).toMatchObject({ width: 300, height: 200 });
  });

  it('uploads that come together wait for each other; what comes beyond the queue is told so', async () => {
    const upload = await plain(64, 64).png().toBuffer();
    const all = await Promise.all(Array.from({ length: 25 }, () => decodeIcon(upload)));
    expect(all.filter((decoded) => decoded === 'busy')).toHaveLength(5);
    expect(await pictureOf(upload)).toMatchObject({ width: 500 });
  });

  it('an upload of exactly the largest size is looked at', async () => {
    expect(await decodeIcon(Buffer.alloc(MAX_UPLOAD_BYTES, 0xff))).not.toBe('too_large');
  });
});
