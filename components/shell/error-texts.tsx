'use client';

import { createContext, type ReactNode, useContext } from 'react';

/** What an error page says. It comes with the layout, because an error boundary gets nothing from the server. */
export type ErrorTexts = { title: string; text: string; reference: string; retry: string };

const Context = createContext<ErrorTexts | null>(null);

export function ErrorTextsProvider({ texts, children }: { texts: ErrorTexts; children: ReactNode }) {
  return <Context value={texts}>{children}</Context>;
}

export function useErrorTexts(): ErrorTexts {
  const texts = useContext(Context);
  if (!texts) throw new Error('An error page stands outside the root layout');
  return texts;
}
