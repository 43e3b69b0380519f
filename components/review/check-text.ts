import { type Check, MIN_PURPOSE_LENGTH } from '@/lib/apps/checklist';
import type { I18n } from '@/lib/i18n/i18n';

/** A line of the checklist in words. */
export const checkText = ({ t }: I18n, check: Check): string =>
  t(`verification.checks.${check}`, { count: MIN_PURPOSE_LENGTH });
