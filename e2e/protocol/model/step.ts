import type fc from 'fast-check';
import type { Watch } from './invariants';
import type { Model } from './model';
import type { System } from './system';

/** The system under test together with what watches it. */
export type Real = { system: System; watch: Watch };

/** A step, told as data: fast-check prints and shrinks it. */
export abstract class Step<Asked extends object> implements fc.AsyncCommand<Model, Real> {
  constructor(readonly asked: Asked) {}

  abstract check(model: Readonly<Model>): boolean;
  /** @returns whether it may have changed anything */
  abstract act(model: Model, system: System): Promise<boolean>;

  async run(model: Model, { system, watch }: Real): Promise<void> {
    await watch.check(await this.act(model, system));
  }

  toString(): string {
    return `${this.constructor.name} ${JSON.stringify(this.asked)}`;
  }
}

/** Of a list that is not empty, by any number. */
export const pick = <Item>(list: readonly Item[], at: number): Item => list[at % list.length] as Item;
