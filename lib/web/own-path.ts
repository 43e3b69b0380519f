/** @returns the path when it is one of ours, else null: never a way to another site */
export function ownPath(path: string): string | null {
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(path)) return null;
  return new URL(path, 'http://localhost').origin === 'http://localhost' ? path : null;
}
