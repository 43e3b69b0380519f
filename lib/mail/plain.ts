/** Takes out of what somebody typed whatever could deceive in a mail. */

/** Controls, and what turns or hides text (Unicode TR36 §2.5): a name must not reverse the sentence around it. */
const DECEIVING = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\u200e\u200f\u061c]/gu;

/** Programs that read mails make links of whatever looks like an address; with a word joiner in it nothing does. */
const WORD_JOINER = '\u2060';

const unlinked = (text: string): string =>
  text.replace(/([.:/@])(?=[^\s])/g, `$1${WORD_JOINER}`).replace(/\bwww(?=\.)/gi, `www${WORD_JOINER}`);

/** A name or another word of one line, as a header takes it. */
export function plainName(text: string): string {
  return text.replace(/\s+/g, ' ').replace(DECEIVING, '').trim();
}

/** A name or another word of one line, in the text of a mail: nothing in it becomes a link. */
export const plainWord = (text: string): string => unlinked(plainName(text));

/** The lines of what somebody wrote. Nothing in them becomes a link. */
export function plainLines(text: string): string[] {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/).map(plainWord);
  return lines.join('\n').trim().split('\n');
}
