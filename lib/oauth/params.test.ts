import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOAuthError, type Reason } from './errors';
import {
  type FormRequest,
  parseAuthorizationQuery,
  parseForm,
  parseTokenParam,
  parseTokenRequest,
  redactQuery,
} from './params';

const FORM = 'application/x-www-form-urlencoded';
const VERIFIER = 'v'.repeat(43);

const request = (body: string, change: Partial<FormRequest> = {}): FormRequest => ({
  contentType: FORM,
  body,
  query: '',
  authorization: undefined,
  ...change,
});

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

/** The reason of the refusal, or null when nothing was refused. */
function refusal(run: () => unknown): Reason | null {
  try {
    run();
    return null;
  } catch (error) {
    if (!isOAuthError(error)) throw error;
    return error.reason;
  }
}

const tokenRefusal = (body: string, change?: Partial<FormRequest>) =>
  refusal(() => parseTokenRequest(request(body, change)));

describe('reading a form (RFC 6749 appendix B)', () => {
  test('what a form writer writes is read back, whatever the characters', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name, maxLength: 20 }), (pairs) => {
        const { values, repeated } = parseForm(new URLSearchParams(pairs).toString());
        expect([...values]).toEqual(pairs);
        expect(repeated.size).toBe(0);
      }),
    );
  });

  test('an empty value is an omitted one (RFC 6749 §3.1)', () => {
    expect([...parseForm('a=&b&c=1&&').values]).toEqual([['c', '1']]);
  });

  test('case 35: repeated names are told, also when one of the values is empty', () => {
    expect([...parseForm('a=1&b=2&a=1').repeated]).toEqual(['a']);
    expect([...parseForm('a=&a=1').repeated]).toEqual(['a']);
    expect([...parseForm('%61=1&a=1').repeated]).toEqual(['a']);
  });

  test.each([
    'a=%',
    'a=%4',
    'a=%zz',
    'a=%ff',
    'a=%c0%80',
    'a=%ed%a0%80',
    'a=%e0%a4%a',
    '%ff=1',
    'a=%00',
    'a=\0',
    'a=\ufffd',
  ])('%j is damaged and refused, not repaired', (text) => {
    expect(refusal(() => parseForm(text))).toBe('encoding_damaged');
  });

  test.each(['{"grant_type":"refresh_token"}', ' \n[1]', '{}'])('case 37: %j is JSON under the form type', (text) => {
    expect(refusal(() => parseForm(text))).toBe('json_under_form_type');
  });

  test('names of the prototype are names like others', () => {
    expect(parseForm('__proto__=1').values.get('__proto__')).toBe('1');
    expect(parseForm('a=1').values.get('constructor')).toBeUndefined();
  });

  test('case 38: large bodies and ten thousand parameters are refused fast', () => {
    const start = performance.now();
    expect(refusal(() => parseForm('a'.repeat(2_000_000)))).toBe('body_too_large');
    expect(refusal(() => parseForm('a=1&'.repeat(5000)))).toBe('too_many_parameters');
    expect(refusal(() => parseForm('a[b]'.repeat(10_000)))).toBe('body_too_large');
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test('damage never becomes another failure than ours', () => {
    const piece = fc.constantFrom(
      'a',
      '=',
      '&',
      '%',
      '%f',
      '%00',
      '+',
      '[',
      '{',
      '%ff',
      '\ud800',
      '\ufffd',
      'é',
      '%C3%A9',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(['encoding_damaged', 'json_under_form_type', null]).toContain(refusal(() => parseForm(pieces.join(''))));
      }),
    );
  });
});

describe('reading a token request', () => {
  test('a code exchange with everything', () => {
    const body = `grant_type=authorization_code&client_id=id&client_secret=s%2B1&code=c&redirect_uri=https%3A%2F%2Fgood.ex%2Fcb&code_verifier=${VERIFIER}`;
    expect(parseTokenRequest(request(body))).toEqual({
      grantType: 'authorization_code',
      client: { clientId: 'id', secret: 's+1', viaBasic: false },
      code: 'c',
      redirectUri: 'https://good.ex/cb',
      codeVerifier: VERIFIER,
    });
  });

  test('a refresh; scope and unknown parameters are ignored', () => {
    const body = 'grant_type=refresh_token&client_id=id&refresh_token=t&scope=source&foo=bar';
    expect(parseTokenRequest(request(body))).toEqual({
      grantType: 'refresh_token',
      client: { clientId: 'id', viaBasic: false },
      refreshToken: 't',
    });
  });

  test('case 32, case 26: an empty redirect_uri or code_verifier is an omitted one', () => {
    const parsed = parseTokenRequest(
      request('grant_type=authorization_code&client_id=id&code=c&redirect_uri=&code_verifier='),
    );
    expect(Object.keys(parsed)).toEqual(['grantType', 'client', 'code']);
  });

  test.each([
    ['', 'grant_type_missing'],
    ['client_id=id&code=c', 'grant_type_missing'],
    ['grant_type=&client_id=id', 'grant_type_missing'],
    ['grant_type=password&client_id=id', 'grant_type_unsupported'],
    ['grant_type=client_credentials', 'grant_type_unsupported'],
    ['grant_type=implicit&client_id=id', 'grant_type_unsupported'],
    ['grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=id', 'grant_type_unsupported'],
    ['grant_type=urn:ietf:params:oauth:grant-type:token-exchange&client_id=id', 'grant_type_unsupported'],
    ['grant_type=authorization_code+&client_id=id&code=c', 'grant_type_unsupported'],
    ['grant_type=AUTHORIZATION_CODE&client_id=id&code=c', 'grant_type_unsupported'],
    ['grant_type=authorization_code&code=c', 'client_id_missing'],
    ['grant_type=authorization_code&code=c&client_secret=s', 'client_id_missing'],
    ['grant_type=authorization_code&client_id=id', 'code_missing'],
    ['grant_type=authorization_code&client_id=id&code[]=c', 'code_missing'],
    ['grant_type=refresh_token&client_id=id&code=c', 'refresh_token_missing'],
  ])('case 36: %j → %s', (body, reason) => {
    expect(tokenRefusal(body)).toBe(reason);
  });

  test.each(['a'.repeat(42), 'a'.repeat(129), `${'a'.repeat(42)}%2B`])('case 26: malformed verifier %j', (verifier) => {
    const body = `grant_type=authorization_code&client_id=id&code=c&code_verifier=${verifier}`;
    expect(tokenRefusal(body)).toBe('verifier_malformed');
  });

  const GOOD = {
    grant_type: 'authorization_code',
    client_id: 'id',
    client_secret: 's',
    code: 'c',
    redirect_uri: 'u',
    code_verifier: VERIFIER,
  };

  test.each(Object.entries(GOOD))('case 35: %s sent twice is refused, even with one value', (name, value) => {
    const body = new URLSearchParams(GOOD).toString();
    expect(tokenRefusal(body)).toBeNull();
    expect(tokenRefusal(`${body}&${name}=${value}`)).toBe('parameter_repeated');
  });

  test.each([
    [undefined, 'content_type_missing'],
    ['', 'content_type_missing'],
    ['application/json', 'content_type_json'],
    ['application/json; charset=utf-8', 'content_type_json'],
    ['application/vnd.api+json', 'content_type_json'],
    ['text/plain', 'content_type_unsupported'],
    ['multipart/form-data; boundary=x', 'content_type_unsupported'],
    ['application/x-www-form-urlencoded-x', 'content_type_unsupported'],
    [`${FORM}; charset=utf-16`, 'charset_unsupported'],
    [`${FORM}; charset=iso-8859-1`, 'charset_unsupported'],
  ])('case 37: content type %j → %s', (contentType, reason) => {
    expect(tokenRefusal('grant_type=refresh_token&client_id=id&refresh_token=t', { contentType })).toBe(reason);
  });

  test.each([FORM, `${FORM};charset=UTF-8`, `${FORM}; charset="utf-8"`, 'Application/X-WWW-Form-Urlencoded'])(
    'content type %j is read',
    (contentType) => {
      expect(tokenRefusal('grant_type=refresh_token&client_id=id&refresh_token=t', { contentType })).toBeNull();
    },
  );

  test('case 37: a compressed body is refused', () => {
    expect(tokenRefusal('x', { contentEncoding: 'gzip' })).toBe('content_encoding_unsupported');
  });
});

describe('which client a request names (RFC 6749 §2.3.1)', () => {
  const refresh = 'grant_type=refresh_token&refresh_token=t';
  const clientOf = (body: string, change: Partial<FormRequest>) => parseTokenRequest(request(body, change)).client;

  test('case 34: client_id may come in the query alone, or equal in both', () => {
    expect(clientOf(refresh, { query: 'client_id=id' })).toEqual({ clientId: 'id', viaBasic: false });
    expect(clientOf(`${refresh}&client_id=id`, { query: 'client_id=id' })).toEqual({ clientId: 'id', viaBasic: false });
    expect(tokenRefusal(`${refresh}&client_id=other`, { query: 'client_id=id' })).toBe('client_id_conflict');
    expect(tokenRefusal(refresh, { query: 'client_id=id&client_id=id' })).toBe('parameter_repeated');
  });

  test.each(['client_secret', 'code', 'code_verifier', 'refresh_token', 'token', 'access_token'])(
    'case 34: %s in the query is refused',
    (name) => {
      expect(tokenRefusal(`${refresh}&client_id=id`, { query: `client_id=id&${name}=x` })).toBe('secret_in_query');
      expect(
        tokenRefusal(`${refresh}&client_id=id`, { query: `${encodeURIComponent(name).replace('c', '%63')}=x` }),
      ).toBe('secret_in_query');
    },
  );

  test('Basic: both halves are form-encoded', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (id, secret) => {
        fc.pre(!`${id}${secret}`.includes('\0'));
        const form = (value: string) => new URLSearchParams({ v: value }).toString().slice(2);
        const client = clientOf(refresh, { authorization: basic(form(id), form(secret)) });
        expect(client).toEqual({ clientId: id, secret, viaBasic: true });
      }),
    );
  });

  test('Basic: the scheme has no case, an empty secret is an omitted one, a client_id beside it must agree', () => {
    const authorization = basic('id', 's').replace('Basic', 'bASIC');
    expect(clientOf(`${refresh}&client_id=id`, { authorization })).toEqual({
      clientId: 'id',
      secret: 's',
      viaBasic: true,
    });
    expect(clientOf(refresh, { authorization: basic('id', '') })).toEqual({ clientId: 'id', viaBasic: true });
    expect(tokenRefusal(`${refresh}&client_id=other`, { authorization })).toBe('client_id_conflict');
    expect(tokenRefusal(refresh, { authorization, query: 'client_id=other' })).toBe('client_id_conflict');
  });

  test('Basic and a secret in the body together are refused, also when they are equal', () => {
    expect(tokenRefusal(`${refresh}&client_secret=s`, { authorization: basic('id', 's') })).toBe('credentials_twice');
  });

  test.each([
    ['Bearer %E0%A4%A', 'authorization_scheme_unsupported'],
    ['Digest x', 'authorization_scheme_unsupported'],
    ['', 'authorization_scheme_unsupported'],
    ['Basic', 'basic_damaged'],
    ['Basic !!!!', 'basic_damaged'],
    [`Basic ${Buffer.from('nocolon').toString('base64')}`, 'basic_damaged'],
    [basic('', 's'), 'basic_damaged'],
    [basic('id', '%zz'), 'basic_damaged'],
    [`Basic ${Buffer.from([0x69, 0x3a, 0xff]).toString('base64')}`, 'basic_damaged'],
  ])('case 93: Authorization %j → %s', (authorization, reason) => {
    expect(tokenRefusal(refresh, { authorization })).toBe(reason);
  });
});

describe('reading a request that names a token (RFC 7009 §2.1, RFC 7662 §2.1)', () => {
  const tokenParamRefusal = (body: string, change?: Partial<FormRequest>) =>
    refusal(() => parseTokenParam(request(body, change)));

  test('possession is enough: no client need be named, one that is named is told', () => {
    expect(parseTokenParam(request('token=t'))).toEqual({ token: 't', client: null });
    expect(parseTokenParam(request('token=t&token_type_hint=foo', { authorization: basic('id', 's') }))).toEqual({
      token: 't',
      tokenTypeHint: 'foo',
      client: { clientId: 'id', secret: 's', viaBasic: true },
    });
  });

  test('case 59, 60, 64: a missing token, one in the query and one in the header are refused', () => {
    expect(tokenParamRefusal('token=')).toBe('token_missing');
    expect(tokenParamRefusal('', { query: 'token=t' })).toBe('secret_in_query');
    expect(tokenParamRefusal('token=t', { authorization: 'Bearer t' })).toBe('token_in_header');
    expect(tokenParamRefusal('token=t', { authorization: 'bearer t' })).toBe('token_in_header');
    expect(tokenParamRefusal('token=t&token=t')).toBe('parameter_repeated');
  });

  test('a secret without a client is a mistake', () => {
    expect(tokenParamRefusal('token=t&client_secret=s')).toBe('client_id_missing');
  });
});

describe('reading an authorization request', () => {
  test('wire names become ours, unknown ones are dropped (case 8)', () => {
    const query = parseAuthorizationQuery('client_id=id&code_challenge=x&foo=1&foo=2&scope%5Ba%5D=b&state=a%2Bb+c');
    expect([query.get('clientId'), query.get('codeChallenge'), query.get('scope')]).toEqual(['id', 'x', undefined]);
    expect(query.get('state')).toBe('a+b c');
    expect([query.repeated.size, query.damaged.size, query.overLimit]).toEqual([0, 0, false]);
  });

  test('case 5: a repeated parameter has no value, and is told', () => {
    const query = parseAuthorizationQuery('redirect_uri=a&redirect_uri=b&state=1');
    expect(query.get('redirectUri')).toBeUndefined();
    expect([...query.repeated]).toEqual(['redirectUri']);
  });

  test('a damaged parameter has no value, and is told', () => {
    const query = parseAuthorizationQuery('client_id=id&state=%ff');
    expect(query.get('state')).toBeUndefined();
    expect([...query.damaged]).toEqual(['state']);
  });

  test('a query beyond every limit is not read at all', () => {
    const query = parseAuthorizationQuery(`client_id=id&x=${'a'.repeat(70_000)}`);
    expect([query.overLimit, query.get('clientId')]).toEqual([true, undefined]);
  });

  test('case 1: any state survives', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 512 }), (state) => {
        fc.pre(!state.includes('\0'));
        expect(parseAuthorizationQuery(`state=${encodeURIComponent(state)}`).get('state')).toBe(state);
      }),
    );
  });
});

describe('what a log may show of a request target', () => {
  test('case 34, 99: secrets are not in it, wherever they stand', () => {
    const url = '/oauth2/token?client_id=id&code=SECRET&client_secret=SECRET&x=SECRET&SECRET&SECRET=1&state=SECRET';
    expect(redactQuery(url)).toBe(
      '/oauth2/token?client_id=id&code=[redacted]&client_secret=[redacted]&[redacted]&[redacted]&[redacted]&state=[redacted]',
    );
    expect(redactQuery('/healthz')).toBe('/healthz');
  });

  test('a name in another spelling does not smuggle its value into the log', () => {
    for (const name of ['c%6fde', 'CODE', 'code ', ' code', 'refresh_token']) {
      expect(redactQuery(`/x?${name}=SECRET`)).not.toContain('SECRET');
    }
  });
});

describe('the edges of reading', () => {
  const failure = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return isOAuthError(error) ? { reason: error.reason, usedBasic: error.usedBasic } : error;
    }
    return null;
  };

  test('limits hold to the character and to the parameter', () => {
    const limits = { characters: 10, parameters: 3 };
    expect(refusal(() => parseForm('a=12345678', limits))).toBeNull();
    expect(refusal(() => parseForm('a=123456789', limits))).toBe('body_too_large');
    expect(refusal(() => parseForm('a&b&c', limits))).toBeNull();
    expect(refusal(() => parseForm('a&b&c&d', limits))).toBe('too_many_parameters');
    expect(refusal(() => parseForm('&&&', limits))).toBe('too_many_parameters');
  });

  test('a pair without a name, without an equals sign, and an empty pair are what they are', () => {
    expect(parseForm('=x').values.get('')).toBe('x');
    expect([...parseForm('abc').values]).toEqual([]);
    expect([...parseForm('abc&abc').repeated]).toEqual(['abc']);
    expect([...parseForm('a=1&&&b=2').repeated]).toEqual([]);
  });

  test('RFC 6749 §5.2: whoever used the header is challenged, however it failed', () => {
    const form = 'grant_type=authorization_code&code=c';
    const fails = (body: string, authorization: string) =>
      failure(() => parseTokenRequest(request(body, { authorization })));
    expect(fails(`${form}&client_secret=s`, basic('a', 's'))).toEqual({ reason: 'credentials_twice', usedBasic: true });
    expect(fails(`${form}&client_id=b`, basic('a', 's'))).toEqual({ reason: 'client_id_conflict', usedBasic: true });
    expect(fails(form, 'Basic !')).toEqual({ reason: 'basic_damaged', usedBasic: true });
    expect(fails(form, 'Digest x')).toEqual({ reason: 'authorization_scheme_unsupported', usedBasic: true });
    const conflict = failure(() => parseTokenRequest(request(`${form}&client_id=b`, { query: 'client_id=a' })));
    expect(conflict).toEqual({ reason: 'client_id_conflict', usedBasic: false });
  });

  test.each([
    'Basic YTpi!',
    'Basic !YTpi',
    'Basic YTpi YTpi',
    'Basic YTpi===',
    'Basic',
    'Basic =',
    `Basic ${Buffer.from('%ff:s').toString('base64')}`,
    `Basic ${Buffer.from('a:%ff').toString('base64')}`,
  ])('%s is damaged', (authorization) => {
    expect(tokenRefusal('grant_type=authorization_code&code=c', { authorization })).toBe('basic_damaged');
  });

  test('blanks around the header and case of the scheme mean nothing', () => {
    const authorization = `  bAsIc   ${Buffer.from('a:s').toString('base64')} `;
    expect(tokenRefusal('grant_type=authorization_code&code=c', { authorization })).toBeNull();
  });

  test('a token in the header is refused beside one in the body, whatever follows the scheme', () => {
    const asked = (authorization?: string) => refusal(() => parseTokenParam(request('token=t', { authorization })));
    for (const header of ['Bearer', 'bearer x', 'BEARER\tx']) expect(asked(header)).toBe('token_in_header');
    expect(asked('Basic bearer')).not.toBe('token_in_header');
    expect(asked()).toBeNull();
  });

  test.each([
    ['application/x-www-form-urlencoded; charset=utf-8', null],
    ['application/x-www-form-urlencoded; charset="UTF8"', null],
    ['APPLICATION/X-WWW-FORM-URLENCODED;x=1', null],
    ['application/x-www-form-urlencoded; charset=utf-8x', 'charset_unsupported'],
    ['application/x-www-form-urlencoded; charset=xutf-8', 'charset_unsupported'],
    ['application/x-www-form-urlencoded; charset=latin1', 'charset_unsupported'],
    ['application/json', 'content_type_json'],
    ['application/vnd.api+json', 'content_type_json'],
    ['application/jsonp', 'content_type_unsupported'],
    ['x-application/json', 'content_type_unsupported'],
    [' ', 'content_type_missing'],
    [';', 'content_type_unsupported'],
  ])('the content type %j: %s', (contentType, reason) => {
    const body = 'grant_type=authorization_code&code=c&client_id=a';
    expect(tokenRefusal(body, { contentType })).toBe(reason);
  });

  test('a body that is not compressed may say so', () => {
    const body = 'grant_type=authorization_code&code=c&client_id=a';
    expect(tokenRefusal(body, { contentEncoding: ' Identity ' })).toBeNull();
    expect(tokenRefusal(body, { contentEncoding: '' })).toBeNull();
    expect(tokenRefusal(body, { contentEncoding: 'gzip' })).toBe('content_encoding_unsupported');
  });

  test('what was not sent is not there, not undefined', () => {
    expect(Object.keys(parseTokenParam(request('token=t')))).toEqual(['token', 'client']);
    expect(Object.keys(parseTokenParam(request('token=t&client_id=a')).client ?? {})).toEqual(['clientId', 'viaBasic']);
  });

  test('a logged value is cut, and a name without a value is none', () => {
    expect(redactQuery(`/x?scope=${'s'.repeat(400)}`)).toHaveLength('/x?'.length + 300);
    expect(redactQuery('?scope=a')).toBe('?scope=a');
    expect(redactQuery('/x?scopes&codex')).toBe('/x?[redacted]&[redacted]');
    expect(redactQuery('/x?code&=1&secretive')).toBe('/x?[redacted]&[redacted]&[redacted]');
  });
});
