import { readFileSync, writeFileSync } from 'node:fs';
import { inRoot } from '@/scripts/prepare/paths.mjs';
import { Problem } from '@/scripts/prepare/report.mjs';
import { chart } from './chart';
import { newestFile, type Results, read } from './results';
import { limitsLine, ownTable, peerTable } from './table';

const CHART = 'bench/results/chart.svg';
const BEGIN = '<!-- how fast: begin -->';
const END = '<!-- how fast: end -->';

/** Writes the newest results into the README, with their chart. @throws Problem when there are none */
export function writeReadme(): void {
  const file = newestFile();
  if (file === null) throw new Problem('There are no results yet. Make some: npm run bench -- --peers');
  const results = read(file);
  writeFileSync(inRoot(CHART), chart(results));
  const readme = readFileSync(inRoot('README.md'), 'utf8');
  const [before, rest] = readme.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Problem(`README.md has no ${BEGIN} … ${END}`);
  writeFileSync(inRoot('README.md'), `${before}${BEGIN}\n${section(results, file)}\n${END}${after}`);
}

function section(results: Results, file: string): string {
  const { machine, runs } = results;
  const [first] = runs;
  const where = [
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, ${machine.system}`,
    `Node ${machine.node}, PostgreSQL ${machine.postgresql}`,
  ].join('; ');
  return [
    `Measured ${first?.at.slice(0, 10)} on ${where}; client, server and database on the same cores, ${first?.connections}`,
    `keep-alive connections, fsync on, one process each. Medians of ${Math.min(...runs.map(({ rounds }) => rounds))} rounds taken in turns, ratios inside each round`,
    `[least–most]. All figures: \`${file}\`; how they are taken and how the others are set up: [bench/README.md](bench/README.md).`,
    '',
    `![Requests a second by operation and server](${CHART})`,
    '',
    peerTable(results),
    '',
    'Gatehouse by itself, beside what binds it:',
    '',
    ownTable(results),
    '',
    ...runs.map(({ limits, measured, note }) => {
      const operations = new Set(measured.map(({ operation }) => operation)).size;
      return `- Limits while ${operations} of these were measured: ${limitsLine(limits)}.${note ? ` ${note}` : ''}`;
    }),
  ].join('\n');
}
