import { classes } from './classes';
import { Monogram } from './monogram';

const SIZES = {
  sm: { pixels: 32, look: 'size-8 rounded-sm' },
  md: { pixels: 40, look: 'size-10 rounded-md' },
  lg: { pixels: 56, look: 'size-14 rounded-lg' },
  xl: { pixels: 96, look: 'size-24 rounded-lg' },
};

type AppIconProps = {
  name: string /** Address on our own origin; null: no picture yet. */;
  src?: string | null;
  size?: keyof typeof SIZES;
};

/** The picture of an app, else its coloured initial. Decoration: the name stands beside it. */
export function AppIcon({ name, src, size = 'md' }: AppIconProps) {
  if (!src) return <Monogram text={name} size={size} />;
  const { pixels, look } = SIZES[size];
  return (
    // biome-ignore lint/performance/noImgElement: drawn anew at upload, there is nothing left for a loader to do
    <img
      src={src}
      alt=""
      width={pixels}
      height={pixels}
      decoding="async"
      className={classes('shrink-0 border border-line bg-surface object-contain', look)}
    />
  );
}
