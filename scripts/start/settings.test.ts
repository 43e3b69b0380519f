import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { inRoot } from '@/scripts/prepare/paths.mjs';
import { readSettings } from './settings.mjs';

describe('settings of the start', () => {
  it('needs none', () => {
    expect(readSettings({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:3000',
      dataDirectory: inRoot('.data'),
      databaseUrl: undefined,
      masterKeyFile: undefined,
      hasMasterKey: false,
      demoData: 'auto',
    });
  });

  it('takes an empty value for none', () => {
    expect(readSettings({ PORT: '', DATABASE_URL: '', DEMO_DATA: '' })).toEqual(readSettings({}));
  });

  it('asks the server on loopback when it listens everywhere', () => {
    expect(readSettings({ HOST: '0.0.0.0' }).host).toBe('127.0.0.1');
    expect(readSettings({ HOST: '10.0.0.7' }).host).toBe('10.0.0.7');
  });

  it('takes DATA_DIR from the checkout, or as it is', () => {
    expect(readSettings({ DATA_DIR: 'elsewhere' }).dataDirectory).toBe(inRoot('elsewhere'));
    expect(readSettings({ DATA_DIR: path.resolve('/srv/data') }).dataDirectory).toBe(path.resolve('/srv/data'));
  });

  it.each([
    [{ PORT: 'http' }, /^PORT must be a whole number/],
    [{ PORT: '65536' }, /^PORT must be/],
    [{ PUBLIC_URL: 'example.com' }, /^PUBLIC_URL must be/],
    [{ DEMO_DATA: 'yes' }, /^DEMO_DATA must be auto, always or never, not "yes"/],
    [{ DATABASE_URL: 'mysql://host/database' }, /^DATABASE_URL must be/],
    [{ DATABASE_URL: 'postgresql://host/database' }, /^MASTER_KEY .* must be set beside DATABASE_URL/],
  ])('refuses %j with the name of the setting and what is expected', (environment, sentence) => {
    expect(() => readSettings(environment)).toThrow(sentence);
  });
});
