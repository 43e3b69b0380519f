import type { ReactNode } from 'react';

type IconProps = { className?: string };

function Glyph({ className = 'size-4 shrink-0', children }: IconProps & { children: ReactNode }) {
  return (
    <svg
      viewBox="0 0 16 16"
      className={className}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const CopyIcon = (props: IconProps) => (
  <Glyph {...props}>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 5.5v-1.5a1.5 1.5 0 0 0-1.5-1.5H4A1.5 1.5 0 0 0 2.5 4v5A1.5 1.5 0 0 0 4 10.5h1.5" />
  </Glyph>
);

export const CheckIcon = (props: IconProps) => (
  <Glyph {...props}>
    <path d="m3 8.5 3.2 3.2L13 4.8" />
  </Glyph>
);

export const PlusIcon = (props: IconProps) => (
  <Glyph {...props}>
    <path d="M8 3v10M3 8h10" />
  </Glyph>
);

export const CrossIcon = (props: IconProps) => (
  <Glyph {...props}>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Glyph>
);

export const WarningIcon = (props: IconProps) => (
  <Glyph {...props}>
    <path d="M8 2.2 14.3 13a.6.6 0 0 1-.5.9H2.2a.6.6 0 0 1-.5-.9L8 2.2Z" />
    <path d="M8 6.3v3.4M8 11.8v.01" />
  </Glyph>
);

export const InfoIcon = (props: IconProps) => (
  <Glyph {...props}>
    <circle cx="8" cy="8" r="6.2" />
    <path d="M8 7.3v4M8 4.9v.01" />
  </Glyph>
);

export const VerifiedIcon = (props: IconProps) => (
  <Glyph {...props}>
    <path d="M8 1.8 13 3.6v4c0 3.2-2.1 5.4-5 6.6-2.9-1.2-5-3.4-5-6.6v-4L8 1.8Z" />
    <path d="m5.7 8 1.7 1.7 3-3.2" />
  </Glyph>
);

export const ChevronIcon = (props: IconProps) => (
  <Glyph {...props}>
    <path d="m4 6 4 4 4-4" />
  </Glyph>
);

export const SearchIcon = (props: IconProps) => (
  <Glyph {...props}>
    <circle cx="7" cy="7" r="4.5" />
    <path d="m10.5 10.5 3.2 3.2" />
  </Glyph>
);

export const ClockIcon = (props: IconProps) => (
  <Glyph {...props}>
    <circle cx="8" cy="8" r="6.2" />
    <path d="M8 4.6V8l2.3 1.6" />
  </Glyph>
);
