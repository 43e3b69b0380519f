/**
 * Shares one answer among all who ask within a while, so that asking in a loop costs what asking once does.
 * @param ask where the answer comes from
 * @param milliseconds for which an answer holds, from when it was asked for; one that is not there yet is waited for
 * @param now in milliseconds, of a clock that is never set back
 */
export function sharedFor<Answer>(
  ask: () => Promise<Answer>,
  milliseconds: number,
  now: () => number = () => performance.now(),
): () => Promise<Answer> {
  let last: { askedAt: number; answer: Promise<Answer>; waiting: boolean } | null = null;
  return () => {
    if (last && (last.waiting || now() - last.askedAt < milliseconds)) return last.answer;
    const asked = { askedAt: now(), answer: ask(), waiting: true };
    const settled = () => {
      asked.waiting = false;
    };
    asked.answer.then(settled, settled);
    last = asked;
    return asked.answer;
  };
}
