import type { ReactNode } from 'react';
import type { I18n } from '@/lib/i18n/i18n';

type ScreenshotsProps = {
  i18n: I18n;
  screenshots: readonly { id: string; width: number; height: number }[];
  /** What can be done with each. */
  act?: (id: string, place: number) => ReactNode;
  /** Why there are none. */
  none?: ReactNode;
};

/** Pictures of a request; each opens in full. */
export function Screenshots({ i18n: { t }, screenshots, act, none }: ScreenshotsProps) {
  if (screenshots.length === 0)
    return <p className="text-sm text-muted">{none ?? t('verification.screenshots.none')}</p>;
  return (
    <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2">
      {screenshots.map(({ id, width, height }, index) => (
        <li key={id} className="space-y-2">
          <a
            href={`/review/screenshots/${id}`}
            target="_blank"
            rel="noreferrer"
            className="block overflow-hidden rounded-md border border-line"
          >
            {/* biome-ignore lint/performance/noImgElement: drawn anew at upload, there is nothing left for a loader to do */}
            <img
              src={`/review/screenshots/${id}`}
              alt={t('verification.screenshots.alt', { place: index + 1 })}
              width={width}
              height={height}
              loading="lazy"
              decoding="async"
              className="aspect-video h-auto w-full bg-subtle object-contain"
            />
          </a>
          {act?.(id, index + 1)}
        </li>
      ))}
    </ul>
  );
}
