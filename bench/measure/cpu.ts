import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks of /proc in a second. */
const TICKS = process.platform === 'linux' ? Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) : 100;

type Process = { pid: number; parent: number; own: number; reaped: number };

/** The fields of proc_pid_stat(5) after the name, which may hold anything. */
function read(pid: string): Process | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const at = (field: number) => Number(fields[field - 3]);
    return { pid: Number(pid), parent: at(4), own: at(14) + at(15), reaped: at(16) + at(17) };
  } catch {
    return null; // it has ended meanwhile
  }
}

/**
 * CPU seconds, user and system, of a process, its descendants and those of them that have ended.
 * @returns null where there is no /proc
 */
export function cpuSeconds(root: number): number | null {
  if (process.platform !== 'linux') return null;
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(read)
    .filter((found) => found !== null);
  const tree = new Set([root]);
  for (let before = 0; before !== tree.size; ) {
    before = tree.size;
    for (const { pid, parent } of all) if (tree.has(parent)) tree.add(pid);
  }
  const ticks = all.filter(({ pid }) => tree.has(pid)).reduce((sum, { own, reaped }) => sum + own + reaped, 0);
  return ticks / TICKS;
}

/** The parent of a process, or null where there is no /proc. */
export function parentOf(pid: number): number | null {
  return process.platform === 'linux' ? (read(String(pid))?.parent ?? null) : null;
}
