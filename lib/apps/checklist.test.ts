import { describe, expect, test } from 'vitest';
import { type Applicant, CHECKS, checklist, isComplete, unusualRedirects } from './checklist';

const COMPLETE: Applicant = {
  name: 'Board',
  description: 'Shows alerts.',
  website: 'https://good.example',
  privacyUrl: 'https://good.example/privacy',
  supportEmail: 'help@good.example',
  face: {
    redirectUris: ['https://app.good.example/cb'],
    scopes: [{ name: 'profile', access: 'r', optional: false, purpose: 'to greet you' }],
    icon: 'a',
    publisherDomain: 'good.example',
  },
  domainProven: true,
  request: { purpose: 'Shows the alerts of a team on a screen in the office.', redirectNote: '', screenshots: 1 },
  verified: false,
};
const missing = (change: Partial<Applicant>) =>
  checklist({ ...COMPLETE, ...change })
    .filter(({ done }) => !done)
    .map(({ check }) => check);
const face = (change: Partial<Applicant['face']>) => missing({ face: { ...COMPLETE.face, ...change } });
const request = (change: Partial<Applicant['request']>) => missing({ request: { ...COMPLETE.request, ...change } });

describe('the checklist before a verification', () => {
  test('a complete app misses nothing', () => {
    expect(isComplete(checklist(COMPLETE))).toBe(true);
    expect(checklist(COMPLETE).map(({ check }) => check)).toEqual(CHECKS);
  });
  test('each thing that is missing is named, and only that', () => {
    expect(missing({ description: ' ' })).toEqual(['description']);
    expect(missing({ website: null })).toEqual(['website']);
    expect(missing({ privacyUrl: null })).toEqual(['privacy']);
    expect(missing({ supportEmail: null })).toEqual(['support']);
    expect(face({ icon: null })).toEqual(['icon']);
    expect(face({ scopes: null })).toEqual(['scopes', 'purposes']);
    expect(face({ scopes: [{ name: 'profile', access: 'r', optional: false, purpose: ' ' }] })).toEqual(['purposes']);
    expect(face({ redirectUris: [] })).toEqual(['redirects']);
    expect(missing({ domainProven: false })).toEqual(['domain']);
    expect(request({ purpose: 'short' })).toEqual(['purpose']);
    expect(request({ screenshots: 0 })).toEqual(['screenshots']);
  });
  test('redirect URLs off the publisher’s domain need words', () => {
    const off = { redirectUris: ['https://good.example/', 'https://other.example/cb', 'http://localhost/cb'] };
    expect(unusualRedirects({ ...COMPLETE.face, ...off })).toEqual(off.redirectUris.slice(1));
    expect(face(off)).toEqual(['explained']);
    const explained = { ...COMPLETE.request, redirectNote: 'our desktop app' };
    expect(missing({ face: { ...COMPLETE.face, ...off }, request: explained })).toEqual([]);
  });
  test('a change of a verified app needs no new pictures', () => {
    expect(missing({ verified: true, request: { ...COMPLETE.request, screenshots: 0 } })).toEqual([]);
  });
});
