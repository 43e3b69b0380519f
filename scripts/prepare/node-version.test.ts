import { describe, expect, it } from 'vitest';
import { satisfies } from './node-version.mjs';

describe('the Node.js versions of package.json', () => {
  const range = '^20.19 || ^22.12 || >=24';

  it.each(['20.19.0', '20.20.2', '22.12.0', '24.0.0', '26.1.0'])('accepts %s', (version) => {
    expect(satisfies(version, range)).toBe(true);
  });

  it.each(['18.20.0', '20.18.3', '21.9.0', '22.11.0', '23.5.0'])('refuses %s', (version) => {
    expect(satisfies(version, range)).toBe(false);
  });
});
