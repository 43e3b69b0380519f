import { describe, expect, test } from 'vitest';
import { LOCALES } from '@/lib/i18n/catalogue';
import { MESSAGES } from '@/lib/i18n/messages';
import { ENDPOINTS } from '@/lib/oauth/endpoints';
import { codeOf, REASONS } from '@/lib/oauth/errors';
import { GUIDES, guideAddress } from './guide-links';
import { operationIdOf } from './openapi';

describe.each(LOCALES)('the reference in %s', (locale) => {
  const { errors, reference, api } = MESSAGES[locale].guides;

  test.each(REASONS)('says of %s why and what to do', (reason) => {
    expect(errors[reason].cause).toMatch(/^\S.{10,}\.$/);
    expect(errors[reason].fix).toMatch(/^\S.{10,}[.?]$/);
  });

  test('knows no error that does not exist', () => {
    expect(Object.keys(errors).sort()).toEqual([...REASONS].sort());
  });

  test('says what each code means', () => {
    for (const code of new Set(REASONS.map(codeOf))) expect(reference.errors[code]).toMatch(/\.$/);
  });

  test('describes each endpoint', () => {
    for (const { name } of ENDPOINTS) expect(Object.keys(api[name])).toEqual(['summary', 'text', 'answer']);
  });
});

test('anchors are unique: codes, reasons, parts and operations', () => {
  const anchors = [
    ...REASONS,
    ...new Set(REASONS.map(codeOf)),
    'scopes',
    'endpoints',
    'errors',
    'lifetimes',
    'verification',
  ];
  expect(new Set(anchors).size).toBe(anchors.length);
  const operations = ENDPOINTS.map(operationIdOf);
  expect(new Set(operations).size).toBe(operations.length);
});

test('addresses of guides carry what the reader chose', () => {
  expect(GUIDES.map((guide) => guideAddress(guide, { app: null, language: null }))).toEqual([
    '/guides',
    '/guides/get-started',
    '/guides/understanding-oauth2',
    '/guides/backend-app',
    '/guides/web-or-native-app',
    '/guides/reference',
    '/guides/api',
  ]);
  expect(guideAddress('backend_app', { app: 7, language: 'go' }, 'refresh')).toBe(
    '/guides/backend-app?app=7&lang=go#refresh',
  );
});
