import type { Page } from '@playwright/test';
import { FORGERIES, forgedBy, openAttacker, walkInto } from '@/e2e/fixtures/cross-site';
import { authorizeUrl, expect, origin, startSession, test } from '@/e2e/fixtures/portal';
import { PASSWORD } from '@/e2e/fixtures/world';

type Attacker = Awaited<ReturnType<typeof openAttacker>>;

/** From another site no cookie comes along; from another origin of our site they all do, and the origin must decide. */
const ATTACKERS: [string, (attacker: Attacker) => string][] = [
  ['another site', ({ otherSite }) => otherSite],
  ['another origin of the same site', ({ sameSite }) => sameSite],
];

/** Ways whose requests are all told to the test: posts of pages that have an origin. */
const TOLD = Object.keys(FORGERIES).filter((way) => !/GET|frame/.test(way)).length;

test.describe('requests that another site makes a browser send', () => {
  let attacker: Attacker;
  test.beforeAll(async () => {
    attacker = await openAttacker();
  });
  test.afterAll(() => attacker.close());
  test.setTimeout(60_000);

  for (const [where, from] of ATTACKERS) {
    test(`case 79: ${where} approves in every way: nothing is granted, and the question still stands`, async ({
      person,
      world,
    }) => {
      const app = await world.newApp({ redirectUris: [`${attacker.otherSite}/cb`] });
      const page = await person(await world.newUser());
      await page.goto(authorizeUrl(app));
      await expect(page.getByRole('button', { name: 'Allow' })).toBeEnabled();
      const consent = page.url();
      const forgery = {
        url: `${consent}/decision`,
        fields: { decision: 'allow', rendered: String(Date.now() - 5_000) },
      };
      attacker.aim(forgery);
      const traces = `SELECT (SELECT count(*)::int FROM grants WHERE app_id = $1) AS grants,
        (SELECT count(*)::int FROM consent_transactions WHERE client_id = $2 AND decided_at IS NOT NULL) AS decided`;
      const forged = forgedBy(page, [forgery]);
      for (const way of Object.keys(FORGERIES)) {
        await test.step(way, async () => {
          await walkInto(page, from(attacker), way, forgery);
          const { rows } = await world.db.query(traces, [app.id, app.clientId]);
          expect(rows).toEqual([{ grants: 0, decided: 0 }]);
        });
      }
      expect(forged.sent).toBeGreaterThanOrEqual(TOLD);
      expect(forged.statuses).toEqual(new Set([403]));
      // Had one of them been taken, the question were answered.
      await page.goto(consent);
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.waitForURL(/[?&]code=/);
    });

    test(`case 80: ${where} signs out, signs in and uses the portal in every way: nothing changes`, async ({
      person,
      world,
    }) => {
      const tenant = await world.newTenant();
      const app = await world.newApp({ tenant });
      const developer = await world.newUser({ tenant, role: 'DEVELOPER' });
      const page = await person(developer);
      const state = async () => {
        const { rows } = await world.db.query(
          `SELECT (SELECT count(*) FROM apps WHERE tenant_id = $1) AS apps,
                  (SELECT count(*) FROM app_secrets WHERE app_id = $2) AS secrets,
                  (SELECT description || limit_to_account FROM apps WHERE id = $2) AS app,
                  (SELECT string_agg(uri, ' ') FROM redirect_uris WHERE app_id = $2) AS uris,
                  (SELECT count(*) FROM sessions WHERE user_id = $3 AND revoked_at IS NULL) AS sessions`,
          [tenant.id, app.id, developer.id],
        );
        return rows[0];
      };
      const before = await state();
      const login = { username: developer.username, password: PASSWORD };
      const forgeries = [
        { url: `${origin()}/signout/submit`, fields: {} },
        { url: `${origin()}/signin/submit`, fields: login },
        ...(await portalForms(page, app.id)),
      ];
      attacker.aim(...forgeries);

      // Login CSRF is about browsers that nobody is signed in with.
      const stranger = await person();
      for (const victim of [page, stranger]) {
        const forged = forgedBy(victim, forgeries);
        await victim.goto(`${from(attacker)}/all`);
        await expect.poll(() => forged.sent, { timeout: 20_000 }).toBeGreaterThanOrEqual(forgeries.length * TOLD);
        await victim.waitForLoadState('networkidle');
        expect(forged.statuses).toEqual(new Set([403]));
        expect(await state()).toEqual(before);
      }
      expect((await stranger.context().cookies()).map(({ name }) => name)).not.toContain('next-auth.session-token');
      await page.goto('/applications');
      await expect(page.getByText(app.name), 'still signed in').toBeVisible();
    });
  }

  test('the forged forms are the portal’s own: sent from our page, they do what they say', async ({ page, world }) => {
    const tenant = await world.newTenant();
    const app = await world.newApp({ tenant, withSecret: false });
    await startSession(page.context(), await world.newUser({ tenant, role: 'DEVELOPER' }));
    for (const { url, fields } of await portalForms(page, app.id)) {
      const answer = await page.context().request.post(url, { multipart: fields, headers: { Origin: origin() } });
      expect(answer.status(), url).toBeLessThan(400);
    }
    const { rows } = await world.db.query('SELECT description FROM apps WHERE tenant_id = $1 ORDER BY id', [tenant.id]);
    expect(rows, 'one was made, the other was deleted').toEqual([{ description: 'forged' }]);
    expect((await world.db.query('SELECT 1 FROM apps WHERE id = $1', [app.id])).rows).toEqual([]);
  });
});

/** The portal's forms as they work without scripts, filled in by an attacker who knows everything but the session. */
async function portalForms(page: Page, appId: number) {
  const read = async (path: string, submit: string, fields: Record<string, string>) => {
    const html = await (await page.context().request.get(`${origin()}${path}`)).text();
    const forms = html.match(/<form\b.*?<\/form>/gs) ?? [];
    const form = forms.find((candidate) => candidate.includes(`>${submit}<`)) ?? '';
    const hidden = [...form.matchAll(/<input type="hidden" name="([^"]*)"(?: value="([^"]*)")?/g)].map(
      ([, name = '', value = '']) => [plain(name), plain(value)] as const,
    );
    expect(hidden.length, `hidden fields of "${submit}"`).toBeGreaterThan(0);
    return { url: `${origin()}${path}`, fields: { ...Object.fromEntries(hidden), ...fields } };
  };
  const edit = `/applications/${appId}`;
  const name = await page.context().request.get(`${origin()}${edit}`);
  const typedName = /<title>(.*?) · /.exec(await name.text())?.[1] ?? '';
  return [
    await read('/applications/new', 'Create application', {
      name: `Forged ${crypto.randomUUID()}`.slice(0, 50),
      description: 'forged',
    }),
    await read(edit, 'Save general settings', { description: 'forged' }),
    await read(edit, 'Save icon', {}),
    await read(`${edit}/credentials`, 'Generate client secret', {}),
    await read(`${edit}/redirect-urls`, 'Save redirect URLs', { redirectUris: 'https://evil.example/cb' }),
    await read(`${edit}/scopes`, 'Save scopes', { 'access.profile': 'd', 'purpose.profile': 'forged' }),
    await read(`${edit}/access`, 'Save access settings', { limitToAccount: 'on' }),
    await read(`${edit}/danger`, 'Offer application', { kind: 'organisation', organisation: 'globex' }),
    await read(`${edit}/danger`, 'Revoke all tokens', {}),
    await read(`${edit}/danger`, 'Delete this application', { typedName }),
  ];
}

const plain = (text: string) =>
  text
    .replace(/&quot;/g, '"')
    .replace(/&#x27;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
