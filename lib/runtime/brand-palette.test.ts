import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brandPalette, brandStyle, SCHEMES, type Shades } from './brand-palette';
import { contrast, toHex, toOklch } from './contrast';

const hex = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

test('contrast is that of WCAG 2.2', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  expect(contrast('#3d4fd1', '#3d4fd1')).toBe(1);
});

test('a colour comes back from Oklch as it went in', () => {
  fc.assert(
    fc.property(hex, (colour) => {
      const back = toHex(toOklch(colour));
      for (const at of [1, 3, 5])
        expect(
          Math.abs(Number.parseInt(colour.slice(at, at + 2), 16) - Number.parseInt(back.slice(at, at + 2), 16)),
          colour,
        ).toBeLessThanOrEqual(1);
    }),
  );
});

describe('the shades of a brand’s colour', () => {
  test('whatever the colour: text on the button, links on every surface and edges can be read, or it is refused', () => {
    const readable = ({ accent, strong, ink, text, soft }: Shades, surfaces: readonly string[], colour: string) => {
      for (const surface of [accent, strong]) expect(contrast(ink, surface), colour).toBeGreaterThanOrEqual(4.5);
      for (const surface of [...surfaces, soft]) expect(contrast(text, surface), colour).toBeGreaterThanOrEqual(4.5);
      for (const surface of surfaces) expect(contrast(accent, surface), colour).toBeGreaterThanOrEqual(3);
    };
    fc.assert(
      fc.property(hex, (colour) => {
        const palette = brandPalette(colour);
        if (!palette) return;
        readable(palette.light, SCHEMES.light.surfaces, colour);
        readable(palette.dark, SCHEMES.dark.surfaces, colour);
      }),
      { numRuns: 500 },
    );
  });

  test.each(['#3d4fd1', '#0f766e', '#e11d48', '#f59e0b', '#635bff', '#00a1e0', '#4a154b'])('%s is taken', (colour) => {
    expect(brandPalette(colour)).not.toBeNull();
  });

  test.each(['#ffffff', '#000000', '#fffde7'])('%s would have to become another colour', (colour) => {
    expect(brandPalette(colour)).toBeNull();
  });

  test('a colour that can be read as it is stays as it is', () => {
    expect(brandPalette('#3d4fd1')?.light.accent).toBe('#3d4fd1');
  });

  test('the surfaces are those of the style sheet, and the tokens are', () => {
    const css = readFileSync(join(import.meta.dirname, '../../app/globals.css'), 'utf8');
    const value = (name: string) =>
      [...css.matchAll(new RegExp(`--${name}: (#[0-9a-f]{6});`, 'g'))].map(([, it]) => it);
    for (const [at, name] of ['canvas', 'surface', 'subtle'].entries())
      expect(value(name), name).toEqual([SCHEMES.light.surfaces[at], SCHEMES.dark.surfaces[at]]);
    const palette = brandPalette('#3d4fd1');
    for (const [, name = ''] of brandStyle(palette as NonNullable<typeof palette>).matchAll(/--([a-z-]+):/g))
      expect(value(name), name).toHaveLength(2);
  });
});
