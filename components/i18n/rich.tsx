import type { ReactNode } from 'react';

/** The tags of texts: `bdi` around what people of other scripts have named, `b` for weight, `code` for what is typed. */
export const RICH = {
  bdi: (text: ReactNode) => <bdi className="font-medium text-ink">{text}</bdi>,
  b: (text: ReactNode) => <strong className="font-semibold text-ink">{text}</strong>,
  code: (text: ReactNode) => <code className="font-mono">{text}</code>,
};

/** Where the words have their weight and colour already. */
export const PLAIN_BDI = (text: ReactNode) => <bdi>{text}</bdi>;
