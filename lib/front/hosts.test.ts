import { describe, expect, test } from 'vitest';
import { servedHost } from './hosts';

const at = (publicUrl: string, baseDomain: string) => ({ publicUrl, apiUrl: publicUrl, baseDomain });
const nobody = async () => null;

describe('case 91: a host that is not ours is nobody’s, however it is written', () => {
  const names = at('http://localhost:3000', 'localhost');
  test.each([
    'localhost:99999',
    '256.256.256.256:3000',
    '256.256.256.256',
    'foo.1',
    'foo.1:3000',
    '1.2.3.4.5:3000',
    'localhost:3001',
    'localhost',
    'acme.localhost:99999',
    '.:3000',
    '-:3000',
    '[::1]:3000',
    '[::1',
    '[:::]:3000',
    '[1]:3000',
    '[::1]:99999',
    '[fe80::1%25eth0]:3000',
    '',
  ])('"%s"', async (header) => {
    expect(await servedHost(header, names, nobody)).toBeNull();
  });

  test('the same where the public URL has no port', async () => {
    const plain = at('https://example.com', 'example.com');
    for (const header of ['256.256.256.256', 'foo.1', 'example.com:99999', '[:::]', 'example.com:80'])
      expect(await servedHost(header, plain, nobody), header).toBeNull();
  });
});

test.each([
  ['http://[::1]:3000', '[::1]', '[::1]:3000'],
  ['http://127.0.0.1:3000', '127.0.0.1', '127.0.0.1:3000'],
  ['http://[2001:db8::1]', '[2001:db8::1]', '[2001:DB8::1]'],
  ['https://example.com', 'example.com', 'Example.com:443'],
  ['http://localhost:3000', 'localhost', 'localhost:3000'],
])('the installation at %s is served by its host', async (publicUrl, baseDomain, header) => {
  expect(await servedHost(header, at(publicUrl, baseDomain), nobody)).toEqual({
    kind: 'plain',
    tenant: null,
    origin: publicUrl,
  });
});

test('an organisation has the sub-domain of its name', async () => {
  const acme = async (label: string) => (label === 'acme' ? 'Acme' : null);
  const names = at('http://localhost:3000', 'localhost');
  expect(await servedHost('ACME.localhost:3000', names, acme)).toEqual({
    kind: 'tenant',
    tenant: 'Acme',
    origin: 'http://acme.localhost:3000',
  });
  expect(await servedHost('other.localhost:3000', names, acme)).toBeNull();
});
