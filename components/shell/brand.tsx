/** Name and picture of the installation. */
export type BrandMark = { name: string; logo: { path: string } | null };

/**
 * The mark and name of the installation. Its own logo stands for both.
 * @param compact on phones the mark alone is seen
 */
export function Brand({ brand: { name, logo }, compact = false }: { brand: BrandMark; compact?: boolean }) {
  if (logo) {
    // biome-ignore lint/performance/noImgElement: the operator's own file, as it is
    return <img src={logo.path} alt={name} className="h-8 w-auto max-w-48 object-contain" />;
  }
  return (
    <span className="inline-flex items-center gap-2.5 text-base font-semibold tracking-tight">
      <svg viewBox="0 0 32 32" className="size-7 shrink-0" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="8" className="fill-accent" />
        <path
          d="M8 25V15a8 8 0 0 1 16 0v10"
          fill="none"
          className="stroke-accent-ink"
          strokeWidth="3"
          strokeLinecap="round"
        />
        <circle cx="16" cy="17" r="2.6" className="fill-accent-ink" />
        <path d="M16 18v6" className="stroke-accent-ink" strokeWidth="3" strokeLinecap="round" />
      </svg>
      <span className={compact ? 'max-sm:sr-only' : undefined}>{name}</span>
    </span>
  );
}
