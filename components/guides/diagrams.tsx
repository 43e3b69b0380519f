import { type ReactNode, useId } from 'react';
import { classes } from '@/components/ui/classes';

/** Drawings of the guides: colours are the design's, so they follow light and dark; sizes fit a phone. */

type Step = {
  from: number;
  to: number;
  /** What happens, for the list beside the drawing. */
  text: ReactNode;
};

type SequenceProps = {
  title: string;
  /** Three or four, from left to right. */
  actors: readonly string[];
  steps: readonly Step[];
};

const WIDTH = 360;
const HEAD = 34;
const ROW = 34;

/** Who talks to whom, in which order. The numbers are those of the list beside it, which says it in words. */
export function Sequence({ title, actors, steps }: SequenceProps) {
  const id = useId();
  const column = WIDTH / actors.length;
  const x = (actor: number) => column * (actor + 0.5);
  const height = HEAD + ROW * steps.length + 16;
  return (
    <div className="mt-5 grid items-start gap-6 lg:grid-cols-[26rem_minmax(0,1fr)]">
      <svg
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="img"
        aria-labelledby={`${id}-title ${id}-text`}
        className="w-full max-w-card rounded-lg border border-line bg-surface"
      >
        <title id={`${id}-title`}>{title}</title>
        <desc id={`${id}-text`}>
          {steps.map(({ from, to }, at) => `${at + 1}: ${actors[from]} → ${actors[to]}`).join('. ')}
        </desc>
        <Tip id={`${id}-tip`} />
        {actors.map((actor, at) => (
          <g key={actor}>
            <line x1={x(at)} y1={HEAD} x2={x(at)} y2={height - 8} className="stroke-line" strokeWidth="1.5" />
            <text x={x(at)} y={21} textAnchor="middle" fontSize="12" fontWeight="600" className="fill-ink">
              {actor}
            </text>
          </g>
        ))}
        {steps.map(({ from, to }, at) => {
          const y = HEAD + ROW * (at + 0.5) + 6;
          const towards = to > from ? -1 : 1;
          const middle = (x(from) + x(to)) / 2;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps never move
            <g key={at}>
              <line
                x1={x(from)}
                y1={y}
                x2={x(to) + towards * 4}
                y2={y}
                className="stroke-accent-text"
                strokeWidth="1.5"
                markerEnd={`url(#${id}-tip)`}
              />
              <circle cx={middle} cy={y} r="10" className="fill-accent-soft stroke-accent-text" strokeWidth="1" />
              <text
                x={middle}
                y={y + 4}
                textAnchor="middle"
                fontSize="12"
                fontWeight="600"
                className="fill-accent-text"
              >
                {at + 1}
              </text>
            </g>
          );
        })}
      </svg>
      <ol className="max-w-form list-decimal space-y-2 pl-6 marker:font-semibold marker:text-accent-text">
        {steps.map(({ text }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps never move
          <li key={at}>{text}</li>
        ))}
      </ol>
    </div>
  );
}

function Tip({ id }: { id: string }) {
  return (
    <defs>
      <marker id={id} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
        <path d="M0 0 8 4 0 8Z" className="fill-accent-text" />
      </marker>
    </defs>
  );
}

type PkceProps = {
  title: string;
  text: string;
  words: { app: string; server: string; kept: string; sent: string; later: string; compared: string };
};

/** What PKCE keeps, what it sends, and what is compared. */
export function PkceDrawing({ title, text, words }: PkceProps) {
  const id = useId();
  return (
    <svg
      viewBox="0 0 360 196"
      role="img"
      aria-labelledby={`${id}-title ${id}-text`}
      className="mt-5 w-full max-w-card rounded-lg border border-line bg-surface"
    >
      <title id={`${id}-title`}>{title}</title>
      <desc id={`${id}-text`}>{text}</desc>
      <Tip id={`${id}-tip`} />
      <line x1="180" y1="12" x2="180" y2="184" className="stroke-line" strokeWidth="1.5" strokeDasharray="3 4" />
      <Head x={84} words={words.app} />
      <Head x={276} words={words.server} />
      <Box x={14} y={38} word="code_verifier" note={words.kept} strong />
      <Box x={14} y={120} word="code_challenge" note="S256" />
      <Box x={206} y={120} word="code_challenge" note={words.sent} />
      <Box x={206} y={38} word="code_verifier" note={words.later} strong />
      <Arrow path="M84 82V118" tip={`${id}-tip`} />
      <Arrow path="M154 141H204" tip={`${id}-tip`} />
      <Arrow path="M154 59H204" tip={`${id}-tip`} dashed />
      <Arrow path="M276 82V118" tip={`${id}-tip`} />
      <text x="284" y="104" fontSize="11" className="fill-muted">
        {words.compared}
      </text>
      <text x="92" y="104" fontSize="11" className="fill-muted">
        SHA-256
      </text>
    </svg>
  );
}

const Head = ({ x, words }: { x: number; words: string }) => (
  <text x={x} y="24" textAnchor="middle" fontSize="12" fontWeight="600" className="fill-ink">
    {words}
  </text>
);

function Box({
  x,
  y,
  word,
  note,
  strong = false,
}: {
  x: number;
  y: number;
  word: string;
  note: string;
  strong?: boolean;
}) {
  return (
    <g>
      <rect
        x={x}
        y={y}
        width="140"
        height="42"
        rx="8"
        className={strong ? 'fill-accent-soft stroke-accent-text' : 'fill-subtle stroke-field'}
        strokeWidth="1"
      />
      <text x={x + 70} y={y + 18} textAnchor="middle" fontSize="12" className="fill-ink font-mono">
        {word}
      </text>
      <text x={x + 70} y={y + 34} textAnchor="middle" fontSize="11" className="fill-muted">
        {note}
      </text>
    </g>
  );
}

const Arrow = ({ path, tip, dashed = false }: { path: string; tip: string; dashed?: boolean }) => (
  <path
    d={path}
    fill="none"
    className="stroke-accent-text"
    strokeWidth="1.5"
    strokeDasharray={dashed ? '4 3' : undefined}
    markerEnd={`url(#${tip})`}
  />
);

type RotationProps = {
  title: string;
  text: string;
  words: { first: string; second: string; third: string; refreshed: string; used: string };
};

const BARS = [
  { key: 'first', from: 12, to: 176 },
  { key: 'second', from: 96, to: 300 },
  { key: 'third', from: 220, to: 348 },
] as const;
const MOMENTS = [
  { at: 96, key: 'refreshed' },
  { at: 176, key: 'used' },
  { at: 220, key: 'refreshed' },
  { at: 300, key: 'used' },
] as const;

/** Which of an app's refresh tokens is good when: the old one until the new one is used for the first time. */
export function RotationDrawing({ title, text, words }: RotationProps) {
  const id = useId();
  return (
    <svg
      viewBox="0 0 360 178"
      role="img"
      aria-labelledby={`${id}-title ${id}-text`}
      className="mt-5 w-full max-w-card rounded-lg border border-line bg-surface"
    >
      <title id={`${id}-title`}>{title}</title>
      <desc id={`${id}-text`}>{text}</desc>
      {MOMENTS.map(({ at, key }) => (
        <line
          key={at}
          x1={at}
          y1="14"
          x2={at}
          y2="128"
          className={key === 'used' ? 'stroke-danger-text' : 'stroke-accent-text'}
          strokeWidth="1.5"
          strokeDasharray="3 3"
        />
      ))}
      {BARS.map(({ key, from, to }, row) => (
        <g key={key}>
          <rect
            x={from}
            y={20 + row * 36}
            width={to - from}
            height="26"
            rx="6"
            className="fill-accent-soft stroke-accent-line"
            strokeWidth="1"
          />
          <text x={from + 8} y={37 + row * 36} fontSize="12" fontWeight="600" className="fill-accent-text">
            {words[key]}
          </text>
        </g>
      ))}
      <Legend y={146} words={words.refreshed} />
      <Legend y={165} words={words.used} danger />
    </svg>
  );
}

function Legend({ y, words, danger = false }: { y: number; words: string; danger?: boolean }) {
  return (
    <g>
      <line
        x1="14"
        y1={y - 4}
        x2="36"
        y2={y - 4}
        className={classes(danger ? 'stroke-danger-text' : 'stroke-accent-text')}
        strokeWidth="1.5"
        strokeDasharray="3 3"
      />
      <text x="44" y={y} fontSize="12" className="fill-muted">
        {words}
      </text>
    </g>
  );
}
