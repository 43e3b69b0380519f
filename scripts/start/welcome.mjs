/** @param {string} publicUrl @param {boolean} demo demo data are there */
export function welcome(publicUrl, demo) {
  const accounts = `
  Demo accounts, password gatehouse-demo:
    ada   developer and admin of acme
    eve   member of acme
    bob   developer of globex
    root  platform admin, reviews apps
`;
  console.log(`\n  Gatehouse is ready: ${publicUrl}\n${demo ? accounts : ''}\n  Ctrl-C ends it.\n`);
}
