import { ALL_OPERATIONS, OPERATIONS, type Operation } from '../subject';
import { type Results, runOf, summarize } from './results';

const BAR = 12;
const GAP = 14;
const LEFT = 240;
const WIDTH = 820;
const PLOT = WIDTH - LEFT - 90;

/** Readable on light and dark paper; colours that people who confuse red and green tell apart. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .small { font-size: 11px }
  .s0 { fill: #0b6bcb } .s1 { fill: #b4632a } .s2 { fill: #8a8f98 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .s0 { fill: #58a6ff } .s1 { fill: #e69f5b } .s2 { fill: #8b949e }
  }`;

/** Requests a second of everybody, as SVG: each operation has a scale of its own, the fastest fills the width. */
export function chart(results: Results): string {
  const subjects = [...new Set(results.runs.flatMap(({ measured }) => measured.map(({ subject }) => subject)))];
  const operations = ALL_OPERATIONS.filter((one) => runOf(results, one) && summarize(results, subjects[1] ?? '', one));
  const height = 60 + operations.length * (subjects.length * BAR + GAP);
  const parts = [
    legend(subjects),
    ...operations.map((one, at) => group(results, subjects, one, 50 + at * (subjects.length * BAR + GAP))),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Requests a second by operation and server">`,
    `<style>${STYLE}\n</style>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function legend(subjects: string[]): string {
  return subjects
    .map((name, at) => {
      const x = LEFT + at * 180;
      return `<rect class="s${at}" x="${x}" y="16" width="12" height="12"/><text x="${x + 18}" y="27">${name}</text>`;
    })
    .join('\n');
}

function group(results: Results, subjects: string[], operation: Operation, top: number): string {
  const values = subjects.map((subject) => summarize(results, subject, operation)?.perSecond ?? 0);
  const most = Math.max(...values);
  const bars = values.map((value, at) => {
    const width = Math.max(1, Math.round((PLOT * value) / most));
    const y = top + at * BAR;
    const label = `<text class="small" x="${LEFT + width + 6}" y="${y + 10}">${Math.round(value).toLocaleString('en')}/s</text>`;
    return `<rect class="s${at}" x="${LEFT}" y="${y}" width="${width}" height="${BAR - 1}"/>${label}`;
  });
  const middle = top + (subjects.length * BAR) / 2 + 4;
  return `<text x="${LEFT - 10}" y="${middle}" text-anchor="end">${OPERATIONS[operation]}</text>\n${bars.join('\n')}`;
}
