/** What the token endpoint answers, shortened where tokens stand. */
export const ANSWER = `${JSON.stringify(
  {
    token_type: 'Bearer',
    access_token: 'eyJhbGciOiJSUzI1NiIs…',
    expires_in: 3600,
    scope: 'profile source:w',
    refresh_token: 'eyJhbGciOiJIUzI1NiIs…',
    refresh_token_expires_in: 31536000,
  },
  null,
  2,
)}
`;
