import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareRedeem, redeemCase } from '@/e2e/fixtures/redeem-case';
import { compareRefresh, refreshCase } from '@/e2e/fixtures/refresh-case';
import { RuleDatabase } from '@/e2e/fixtures/rule-database';
import { REDEEM_MUTANTS, REFRESH_MUTANTS, type SqlMutant } from '@/e2e/fixtures/sql-mutants';

/** Every fourth in the suite; `npm run mutation:sql` takes all. */
const EVERY = process.env.SQL_MUTANTS === 'all' ? 1 : 4;
const taken = (mutants: readonly SqlMutant[]) => mutants.filter((_, index) => index % EVERY === 0);

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

// One may need thousands of cases, and what is interrupted leaves its mutant behind.
describe('a function that decides otherwise is found out', { retry: 0, timeout: 120_000 }, () => {
  /** Runs until the first difference; a fixed seed, so that a mutant never escapes by chance. */
  async function survives<State>(property: fc.IAsyncProperty<State>, [from, to]: SqlMutant): Promise<boolean> {
    const restore = await rules.mutate(from, to);
    try {
      const { failed, errorInstance } = await fc.check(property, { seed: 7, numRuns: 3_000, endOnFailure: true });
      // A mutant that can't run is no mutant.
      expect(errorInstance).not.toBeInstanceOf(pg.DatabaseError);
      return !failed;
    } finally {
      await restore();
    }
  }

  it.each(taken(REDEEM_MUTANTS))('redeem_code with %j as %j', async (...mutant) => {
    expect(await survives(redeemAgrees, mutant)).toBe(false);
  });

  it.each(taken(REFRESH_MUTANTS))('refresh_access with %j as %j', async (...mutant) => {
    expect(await survives(refreshAgrees, mutant)).toBe(false);
  });
});
