/** Users and connections of an app are counted up to here: beyond it, how many more does not change what anybody does. */
export const MOST_COUNTED = 10_000;

/**
 * A bounded count as people read it.
 * @param count at most one more than is counted, which stands for all above
 * @param locale BCP 47
 */
export function countText(count: number, locale: string): string {
  return count > MOST_COUNTED ? `${MOST_COUNTED.toLocaleString(locale)}+` : count.toLocaleString(locale);
}
