'use client';

import { useRef, useSyncExternalStore } from 'react';

const never = () => () => {};

/**
 * Whether scripts are there to do what the browser does by itself before: false on the server and while hydrating. What the
 * person has open by then stays the browser's, so that nothing closes under anybody's hands.
 * @param id of the browser's own dialog or popover
 */
export function useScripted(id: string): boolean {
  const decided = useRef<boolean | null>(null);
  return useSyncExternalStore(
    never,
    () => {
      decided.current ??= !isOpen(document.getElementById(id));
      return decided.current;
    },
    () => false,
  );
}

function isOpen(element: HTMLElement | null): boolean {
  if (element instanceof HTMLDialogElement) return element.open;
  return element !== null && CSS.supports('selector(:popover-open)') && element.matches(':popover-open');
}
