import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareRedeem, redeemCase } from '@/e2e/fixtures/redeem-case';
import { compareRefresh, refreshCase } from '@/e2e/fixtures/refresh-case';
import { RuleDatabase } from '@/e2e/fixtures/rule-database';

let rules: RuleDatabase;
beforeAll(async () => {
  rules = await RuleDatabase.open();
});
afterAll(() => rules.close());

const redeemAgrees = fc.asyncProperty(redeemCase, async (state) => {
  expect(await compareRedeem(rules, state)).toBeNull();
});
const refreshAgrees = fc.asyncProperty(refreshCase, async (state) => {
  expect(await compareRefresh(rules, state)).toBeNull();
});

describe('the functions of the database decide and change what the pure rules say', { retry: 0 }, () => {
  it('redeem_code and judgeCode, over the whole table of states', async () => {
    await fc.assert(redeemAgrees, { numRuns: 500 });
  });

  it('refresh_access and judgeRefresh, over the whole table of states', async () => {
    await fc.assert(refreshAgrees, { numRuns: 500 });
  });
});
