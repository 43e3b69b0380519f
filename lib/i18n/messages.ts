import de from '@/messages/de.json';
import en from '@/messages/en.json';
import type { Locale, Messages } from './catalogue';

/** The catalogues. Whole, so for the server only: browsers get the part that a page needs. */
export const MESSAGES: Record<Locale, Messages> = { en, de };
