/** One call of a concurrent history: what was asked, what was answered, and when both happened. */
export type Call<Operation, Outcome> = { operation: Operation; outcome: Outcome; began: number; ended: number };

/** What a thing does when it is asked one thing after the other. `null`: it would never answer so. */
export type Specification<State, Operation, Outcome> = (
  state: State,
  operation: Operation,
  outcome: Outcome,
) => State | null;

/**
 * Whether there is an order of the calls in which the specification gives every answer, and in which no call comes
 * before one that had ended when it began (Wing & Gong; Lowe's memory of dead ends).
 * @returns the order, or null when there is none
 */
export function linearize<State, Operation, Outcome>(
  calls: readonly Call<Operation, Outcome>[],
  initial: State,
  specification: Specification<State, Operation, Outcome>,
): Call<Operation, Outcome>[] | null {
  const deadEnds = new Set<string>();
  const search = (state: State, left: readonly Call<Operation, Outcome>[]): Call<Operation, Outcome>[] | null => {
    if (left.length === 0) return [];
    const here = `${left.map((call) => calls.indexOf(call)).join()} ${JSON.stringify(state)}`;
    if (deadEnds.has(here)) return null;
    const firstEnd = Math.min(...left.map(({ ended }) => ended));
    for (const call of left.filter(({ began }) => began <= firstEnd)) {
      const next = specification(state, call.operation, call.outcome);
      const rest =
        next &&
        search(
          next,
          left.filter((other) => other !== call),
        );
      if (rest) return [call, ...rest];
    }
    deadEnds.add(here);
    return null;
  };
  return search(initial, calls);
}
