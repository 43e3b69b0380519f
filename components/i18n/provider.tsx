'use client';

import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { Messages } from '@/lib/i18n/catalogue';
import { createI18n, type I18n, type Reader } from '@/lib/i18n/i18n';

type Given = { reader: Reader; messages: Partial<Messages> };

const Context = createContext<(Given & { i18n: I18n }) | null>(null);

/** Hands the components of the browser below it their texts; what an outer one handed out stays. */
export function I18nProvider({ reader, messages, children }: Given & { children: ReactNode }) {
  const outer = useContext(Context);
  const value = useMemo(() => {
    const known = { ...outer?.messages, ...messages };
    return { reader, messages: known, i18n: createI18n(reader, known) };
  }, [reader, messages, outer]);
  return <Context value={value}>{children}</Context>;
}

/** What a component of the browser says; it knows the texts that a `ClientMessages` above it names. */
export function useI18n(): I18n {
  const given = useContext(Context);
  if (!given) throw new Error('useI18n stands outside ClientMessages');
  return given.i18n;
}
