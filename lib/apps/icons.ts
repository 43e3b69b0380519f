/** Where an app's picture is served, or null while it has none. @param digest SHA-256 of the picture, hex */
export function iconPath(digest: string | null): string | null {
  return digest === null ? null : `/icons/${digest}.png`;
}
