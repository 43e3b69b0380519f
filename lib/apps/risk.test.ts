import { describe, expect, test } from 'vitest';
import { lookAlikes, riskSigns } from './risk';
import type { AppFace } from './verification';

const FACE: AppFace = {
  redirectUris: ['https://app.good.example/cb'],
  scopes: [{ name: 'profile', access: 'r', optional: false, purpose: 'to greet you' }],
  icon: 'a',
  publisherDomain: 'good.example',
};
const NOW = new Date('2026-11-22T12:00:00Z');
const HARMLESS = {
  name: 'Wallboard',
  face: FACE,
  organisationSince: new Date('2025-01-01T00:00:00Z'),
  mailVerified: true,
  rejections: 0,
  suspended: false,
};

describe('risk signs', () => {
  test('an honest app has none', () => expect(riskSigns(HARMLESS, ['Pager Duty'], NOW)).toEqual([]));
  test('each is named with what shows it', () => {
    const face: AppFace = {
      redirectUris: ['https://elsewhere.example/cb', 'https://good.example/', 'http://localhost/cb', 'com.evil:/cb'],
      scopes: [{ name: 'incident', access: 'd', optional: false, purpose: '' }],
      icon: null,
      publisherDomain: 'good.example',
    };
    const app = {
      name: 'Wallb0ard',
      face,
      organisationSince: new Date('2026-11-20T00:00:00Z'),
      mailVerified: false,
      rejections: 2,
      suspended: true,
    };
    expect(riskSigns(app, ['Wallboard', 'Something else'], NOW)).toEqual([
      { sign: 'look_alike', names: ['Wallboard'] },
      { sign: 'off_domain', hosts: ['https://elsewhere.example'] },
      { sign: 'loopback' },
      { sign: 'private_scheme', schemes: ['com.evil:'] },
      { sign: 'delete_scopes', names: ['incident'] },
      { sign: 'new_organisation', days: 2 },
      { sign: 'unverified_mail' },
      { sign: 'rejected_before', times: 2 },
      { sign: 'suspended' },
    ]);
  });
  test('no domain and no list of scopes are signs', () => {
    const face = { ...FACE, publisherDomain: null, scopes: null };
    expect(riskSigns({ ...HARMLESS, face }, [], NOW)).toEqual([{ sign: 'no_domain' }, { sign: 'every_scope' }]);
  });
});

describe('look-alike names', () => {
  test.each([
    ['Wallbord', 'Wallboard'],
    ['WaIlboard', 'Wallboard'],
    ['Wallboadr', 'Wallboard'],
    ['Wallboard Pro', 'Wallboard'],
    ['Slakc', 'Slack'],
  ])('%s reads like %s', (name, other) => expect(lookAlikes(name, [other])).toEqual([other]));
  test.each([
    ['Wallboard', 'Watchdog'],
    ['Cat', 'Car'],
    ['Ops', 'Opsboard'],
    ['Alerts', 'Reports'],
  ])('%s does not read like %s', (name, other) => expect(lookAlikes(name, [other])).toEqual([]));
});
