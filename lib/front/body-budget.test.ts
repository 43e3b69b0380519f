import { expect, test } from 'vitest';
import { BodyBudget } from './body-budget';

test('what is given back can be taken again, and counts once however often it is given back', () => {
  const budget = new BodyBudget(400);
  const first = budget.take('a', 100);
  expect(budget.take('a', 1)).toBeNull();
  first?.();
  first?.();
  expect(budget.take('a', 100)).not.toBeNull();
  expect(budget.take('a', 1)).toBeNull();
});

test('one holder has a quarter at most; the others have room beside it', () => {
  const budget = new BodyBudget(400);
  expect(budget.take('a', 101)).toBeNull();
  expect(budget.take('a', 60)).not.toBeNull();
  expect(budget.take('a', 60)).toBeNull();
  expect(budget.take('b', 100)).not.toBeNull();
});

test('all holders together have no more than the whole', () => {
  const budget = new BodyBudget(400);
  const taken = ['a', 'b', 'c', 'd'].map((holder) => budget.take(holder, 100));
  expect(taken).not.toContain(null);
  expect(budget.take('e', 1)).toBeNull();
  taken[2]?.();
  expect(budget.take('e', 100)).not.toBeNull();
});
