import { randomUUID } from 'node:crypto';
import type { Bus } from './bus';
import type { Limits } from './limits';
import type { Log } from './log';
import type { Counts } from './shared-counter';
import type { Block } from './strict-counter';

const EVERY_MS = 1_000;
/** Counts in one notice: PostgreSQL takes 8,000 bytes, and a count has under 125. */
const COUNTS_PER_NOTICE = 60;

/** Tells the other instances what this one has counted, and adds what they tell; strict blocks are told at once. */
export function exchangeCounts(limits: Limits, bus: Bus, log: Log): void {
  const own = randomUUID();
  bus.onNotice((payload) => {
    const [kind, sender, ...json] = payload.split(':');
    if (sender === own) return;
    if (kind === 'block') limits.addBlock(JSON.parse(json.join(':')) as Block);
    if (kind === 'counts') limits.addCounts(JSON.parse(json.join(':')) as Counts[]);
  });
  limits.onBlock((block) => {
    bus
      .publish(`block:${own}:${JSON.stringify(block)}`)
      .catch((error) => log.warn({ err: error }, 'could not tell a block'));
  });
  // Blocks that began while nothing was heard.
  bus.onConnected(() => limits.reloadBlocks());
  const tell = async () => {
    const counts = limits.takeCounts();
    for (let at = 0; at < counts.length; at += COUNTS_PER_NOTICE) {
      await bus.publish(`counts:${own}:${JSON.stringify(counts.slice(at, at + COUNTS_PER_NOTICE))}`);
    }
  };
  setInterval(() => {
    tell().catch((error) => log.warn({ err: error }, 'could not tell counts'));
  }, EVERY_MS).unref();
}
