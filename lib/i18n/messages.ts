import de from '@/messages/de.json';
import en from '@/messages/en.json';
import guidesDe from '@/messages/guides.de.json';
import guidesEn from '@/messages/guides.en.json';
import type { Locale, Messages } from './catalogue';

/** The catalogues. Whole, so for the server only: browsers get the part that a page needs. */
export const MESSAGES: Record<Locale, Messages> = {
  en: { ...en, ...guidesEn },
  de: { ...de, ...guidesDe },
};
