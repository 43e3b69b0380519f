import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { DIALECTS, exchange, expectRefusal, expectTokens } from '@/e2e/fixtures/answers';
import { fetchVia } from '@/e2e/fixtures/http';
import { browser, site, withSignedInPerson, world } from '@/e2e/fixtures/signed-in';
import { codeRow, tracesOf } from '@/e2e/fixtures/traces';
import { newAddress, newPkce, PATHS, postForm, type TestApp } from '@/e2e/fixtures/world';
import { ours } from '../fixtures/lane';

const publicUrl = ours('publicUrl');
withSignedInPerson();

describe.each(DIALECTS)('a request to the %s token endpoint', (dialect) => {
  const path = PATHS[dialect].token;
  let app: TestApp;
  let code: string;
  beforeEach(async () => {
    app = await world.newApp();
    code = await browser.obtainCode(app, {}, dialect);
  });

  const form = (params: Record<string, string> = {}) => ({
    grant_type: 'authorization_code',
    client_id: app.clientId,
    client_secret: app.secret,
    code,
    ...params,
  });
  const without = (name: string) => Object.fromEntries(Object.entries(form()).filter(([key]) => key !== name));
  const post = (fields: Record<string, string> | [string, string][], headers?: Record<string, string>, query = '') =>
    postForm(site, `${path}${query}`, fields, { headers });
  const raw = (body: BodyInit | undefined, headers: Record<string, string>, method = 'POST') =>
    fetchVia(site.port)(new URL(path, publicUrl), {
      method,
      body,
      headers: { 'X-Forwarded-For': newAddress(), ...headers },
    });
  const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  /** Refused requests burn nothing: the honest one still gets its tokens. */
  const expectUnharmed = async () => {
    expect(await tracesOf(world, app.id)).toMatchObject({ codes: 1, redeemed: 0, connections: 0, families: 0 });
    await expectTokens(await post(form()));
  };

  it('case 33: whatever is not the secret is refused with one text, without burning the code', async () => {
    const other = await world.newApp();
    const hash = createHash('sha256').update(app.secret).digest();
    for (const secret of [
      'wrong',
      'null',
      'undefined',
      '0',
      app.secret.slice(0, -1),
      `${app.secret}0`,
      `${app.secret} `,
      ` ${app.secret}`,
      app.secret.toUpperCase(),
      other.secret,
    ]) {
      await expectRefusal(await post(form({ client_secret: secret })), dialect, 'client_authentication');
    }
    const fresh = await browser.obtainCode(app, {}, dialect);
    for (const secret of [hash.toString('hex'), hash.toString('base64'), `\\x${hash.toString('hex')}`]) {
      await expectRefusal(await post(form({ code: fresh, client_secret: secret })), dialect, 'client_authentication');
    }
    await expectTokens(await post(form({ code: fresh })));
  });

  it('case 33: without a secret, a code without challenge proves nothing', async () => {
    for (const fields of [without('client_secret'), form({ client_secret: '' })]) {
      await expectRefusal(await post(fields), dialect, 'client_authentication');
    }
    await expectUnharmed();
  });

  it('case 33: an app that must show its secret gets nothing by PKCE alone', async () => {
    const backend = await world.newApp({ proof: 'SECRET_REQUIRED' });
    const { verifier, challenge } = newPkce();
    const bound = await browser.obtainCode(
      backend,
      { code_challenge: challenge, code_challenge_method: 'S256' },
      dialect,
    );
    const send = (secret: string) =>
      exchange(site, dialect, { ...backend, secret }, bound, { code_verifier: verifier });
    await expectRefusal(await send(''), dialect, 'client_authentication');
    await expectTokens(await send(backend.secret));
  });

  it('an app without a secret that sends one is refused', async () => {
    const web = await world.newApp({ proof: 'PKCE_ONLY' });
    const { verifier, challenge } = newPkce();
    const bound = await browser.obtainCode(web, { code_challenge: challenge, code_challenge_method: 'S256' }, dialect);
    const send = (secret: string) => exchange(site, dialect, { ...web, secret }, bound, { code_verifier: verifier });
    await expectRefusal(await send('anything'), dialect, 'client_authentication');
    await expectTokens(await send(''));
  });

  it('an expired secret is refused, a second living one is good', async () => {
    const second = await world.newSecret(app.id);
    await world.db.query(
      "UPDATE app_secrets SET expires_at = db_now() - interval '1 second' WHERE app_id = $1 AND last_four = $2",
      [app.id, app.secret.slice(-4)],
    );
    await expect
      .poll(async () => (await post(form({ code: 'unknown' }))).status === 401, {
        timeout: 15_000,
      })
      .toBe(true);
    await expectRefusal(await post(form()), dialect, 'client_authentication');
    await expectTokens(await post(form({ client_secret: second })));
  });

  it('unknown and deleted clients read like a wrong secret', async () => {
    for (const clientId of ['f'.repeat(20), 'x', app.clientId.toUpperCase()]) {
      await expectRefusal(await post(form({ client_id: clientId })), dialect, 'client_authentication');
    }
    await expectUnharmed();
  });

  it('Basic is good on both dialects, with its challenge where it fails (RFC 6749 §2.3.1, §5.2)', async () => {
    const fields = { grant_type: 'authorization_code', code };
    for (const credentials of [`${app.clientId}:wrong`, `${app.clientId}:`, `x:${app.secret}`, app.clientId]) {
      const answer = await post(fields, basic(credentials));
      await expectRefusal(answer, dialect, 'client_authentication');
      expect(answer.headers.get('www-authenticate')).toMatch(dialect === 'native' ? /^Bearer / : /^Basic realm=/);
    }
    const answer = await post(fields, { Authorization: 'Basic %%%' });
    await expectRefusal(answer, dialect, 'client_authentication');
    await expectTokens(await post(fields, basic(`${app.clientId}:${app.secret}`)));
  });

  it('Basic and a secret in the body together are refused, both right or not', async () => {
    const right = basic(`${app.clientId}:${app.secret}`);
    for (const secret of [app.secret, 'wrong']) {
      await expectRefusal(await post(form({ client_secret: secret }), right), dialect, 'invalid_request');
    }
    await expectRefusal(await post({ ...without('client_secret'), client_id: 'x' }, right), dialect, 'invalid_request');
    await expectUnharmed();
  });

  it('case 34: client_id may stand in the query, and must not differ from the body', async () => {
    await expectRefusal(await post(form(), {}, `?client_id=${'f'.repeat(20)}`), dialect, 'invalid_request');
    await expectTokens(await post(without('client_id'), {}, `?client_id=${app.clientId}`));
  });

  it.each(['client_secret', 'code', 'code_verifier', 'refresh_token', 'client_assertion'])(
    'case 34: %s in the query is refused, alone or beside the body',
    async (name) => {
      const value = (form() as Record<string, string>)[name] ?? newPkce().verifier;
      for (const fields of [form(), without(name)]) {
        await expectRefusal(await post(fields, {}, `?${name}=${value}`), dialect, 'invalid_request');
      }
      await expectUnharmed();
    },
  );

  it.each(['grant_type', 'client_id', 'client_secret', 'code', 'redirect_uri', 'code_verifier', 'anything'])(
    'case 35: %s sent twice is refused, equal or not',
    async (name) => {
      const value = { ...form(), redirect_uri: app.redirectUri, code_verifier: newPkce().verifier, anything: '1' }[
        name
      ] as string;
      for (const again of [value, 'other', '']) {
        const twice: [string, string][] = [...Object.entries(without(name)), [name, value], [name, again]];
        await expectRefusal(await post(twice as [string, string][]), dialect, 'invalid_request');
      }
      await expectUnharmed();
    },
  );

  it('case 36: a grant_type that is missing is an invalid request, any other is unsupported', async () => {
    for (const fields of [without('grant_type'), form({ grant_type: '' })]) {
      await expectRefusal(await post(fields), dialect, 'invalid_request');
    }
    for (const grantType of [
      'password',
      'client_credentials',
      'implicit',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'authorization_code ',
      'AUTHORIZATION_CODE',
      'authorization_code,refresh_token',
      'toString',
    ]) {
      await expectRefusal(await post(form({ grant_type: grantType })), dialect, 'unsupported_grant_type');
    }
    await expectUnharmed();
  });

  it('case 36: each grant names what it misses', async () => {
    await expectRefusal(await post(without('code')), dialect, 'invalid_request');
    await expectRefusal(await post(without('client_id')), dialect, 'invalid_request');
    await expectRefusal(await post(form({ grant_type: 'refresh_token' })), dialect, 'invalid_request');
    await expectRefusal(await post([]), dialect, 'invalid_request');
    await expectUnharmed();
  });

  it('case 37: bodies of another type, character set or encoding are refused and said so', async () => {
    const body = new URLSearchParams(form()).toString();
    const type = 'application/x-www-form-urlencoded';
    const json = JSON.stringify(form());
    const REFUSED: [string | Uint8Array<ArrayBuffer>, Record<string, string>, number][] = [
      [json, { 'Content-Type': 'application/json' }, 415],
      [json, { 'Content-Type': type }, 400],
      [body, { 'Content-Type': 'text/plain' }, 415],
      [body, { 'Content-Type': 'multipart/form-data; boundary=x' }, 415],
      [body, { 'Content-Type': '' }, 415],
      [body, { 'Content-Type': 'application/x-www-form-urlencodedx' }, 415],
      [body, { 'Content-Type': `${type}; charset=utf-16` }, 415],
      [body, { 'Content-Type': `${type}; charset=iso-8859-1` }, 415],
      [new Uint8Array(gzipSync(body)), { 'Content-Type': type, 'Content-Encoding': 'gzip' }, 415],
      [new Uint8Array([0xff, 0xfe, 0x00]), { 'Content-Type': type }, 400],
      [`${body}&x=%zz`, { 'Content-Type': type }, 400],
      [`${body}&x=%c0%80`, { 'Content-Type': type }, 400],
      [`${body}&x=%00`, { 'Content-Type': type }, 400],
    ];
    for (const [sent, headers, status] of REFUSED) {
      await expectRefusal(await raw(sent, headers), dialect, 'invalid_request', status);
    }
    const told = await expectRefusal(await raw(json, { 'Content-Type': type }), dialect, 'invalid_request');
    expect(told).toContain('JSON');
    await expectTokens(await raw(body, { 'Content-Type': `${type}; charset=UTF-8` }));
  });

  it('case 38: what is too large is refused before it is read', async () => {
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
    await expectRefusal(await raw('a'.repeat(2_000_000), type), dialect, 'invalid_request', 413);
    const many = Array.from({ length: 10_000 }, (_, n) => `${n}=`).join('&');
    await expectRefusal(await raw(many, type), dialect, 'invalid_request', 413);
    await expectRefusal(await raw(many.slice(0, 1_000), type), dialect, 'invalid_request');
    await expectRefusal(await raw(`${'a[b]'.repeat(5_000)}=1`, type), dialect, 'invalid_request');
    await expectUnharmed();
  });

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])('case 39: %s gets 405 with Allow', async (method) => {
    for (const target of Object.values(PATHS[dialect])) {
      const answer = await fetchVia(site.port)(new URL(`${target}?client_id=${app.clientId}`, publicUrl), {
        method,
        headers: { 'X-Forwarded-For': newAddress() },
      });
      expect(answer.headers.get('allow')).toBe('POST, OPTIONS');
      expect(answer.status).toBe(405);
      if (method !== 'HEAD') await expectRefusal(answer, dialect, 'invalid_request', 405);
    }
    await expectUnharmed();
  });

  it('case 42: no error repeats what was sent', async () => {
    const marker = 'MARKER"\\\r\n<script>';
    for (const name of Object.keys(form())) {
      const answer = await post(form({ [name]: marker }));
      const body = await answer.clone().text();
      expect(body).not.toMatch(/MARKER|<|prisma|postgres|node_modules/i);
      for (const [, value] of answer.headers) expect(value).not.toContain('MARKER');
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    }
  });

  describe('PKCE', () => {
    const pkce = newPkce();
    const bound = { code_challenge: pkce.challenge, code_challenge_method: 'S256' };

    it.each(['SECRET_OR_PKCE', 'SECRET_REQUIRED', 'PKCE_ONLY'] as const)(
      'case 25: a challenge that is not answered is refused (%s), secret or not',
      async (proof) => {
        const own = await world.newApp({ proof });
        const challenged = await browser.obtainCode(own, bound, dialect);
        for (const params of [{}, { code_verifier: '' }] as Record<string, string>[]) {
          await expectRefusal(await exchange(site, dialect, own, challenged, params), dialect, 'invalid_grant');
        }
        expect(await codeRow(world, challenged)).toEqual({ failures: 2, redeemed: false });
        await expectTokens(await exchange(site, dialect, own, challenged, { code_verifier: pkce.verifier }));
      },
    );

    it('case 25: a verifier for a code without a challenge is refused: it was cut out on its way (RFC 9700 §4.8.2)', async () => {
      await expectRefusal(await post(form({ code_verifier: pkce.verifier })), dialect, 'invalid_grant');
      await expectUnharmed();
    });

    it('case 26: a verifier that is wrong is refused, one that is malformed is an invalid request', async () => {
      const own = await world.newApp();
      const challenged = await browser.obtainCode(own, bound, dialect);
      const send = (verifier: string) => exchange(site, dialect, own, challenged, { code_verifier: verifier });
      const { verifier, challenge } = pkce;
      const swapped = verifier.replace(/[a-z]/, (c) => c.toUpperCase());
      for (const wrong of [newPkce().verifier, challenge, swapped, `${verifier}A`, verifier.padEnd(128, 'A')]) {
        await expectRefusal(await send(wrong), dialect, 'invalid_grant');
      }
      for (const malformed of [
        verifier.slice(0, 42),
        verifier.padEnd(129, 'A'),
        `${verifier} `,
        `${verifier}=`,
        `${verifier}+`,
        `${verifier}\u00e9`,
        'x',
      ]) {
        await expectRefusal(await send(malformed), dialect, 'invalid_request');
      }
      expect(await codeRow(world, challenged)).toEqual({ failures: 5, redeemed: false });
      await expectTokens(await send(verifier));
    });

    it('case 26: a verifier as a list or sent twice is no verifier', async () => {
      const own = await world.newApp();
      const challenged = await browser.obtainCode(own, bound, dialect);
      const fields: [string, string][] = Object.entries({
        ...form(),
        client_id: own.clientId,
        client_secret: own.secret,
        code: challenged,
      });
      const listed = await post([...fields, ['code_verifier[]', pkce.verifier]]);
      await expectRefusal(listed, dialect, 'invalid_grant');
      const twice = await post([...fields, ['code_verifier', pkce.verifier], ['code_verifier', pkce.verifier]]);
      await expectRefusal(twice, dialect, 'invalid_request');
      await expectTokens(await post([...fields, ['code_verifier', pkce.verifier]]));
    });
  });
});
