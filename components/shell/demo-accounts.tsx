const ACCOUNTS = [
  { username: 'ada', role: 'developer and admin of acme' },
  { username: 'eve', role: 'user of acme' },
  { username: 'bob', role: 'developer of globex' },
  { username: 'root', role: 'platform admin' },
];

/** The demo accounts and their public password. To be shown only while the demo data is there. */
export function DemoAccounts() {
  return (
    <aside aria-labelledby="demo-accounts" className="rounded-lg border border-dashed border-field/60 p-4 text-sm">
      <h2 id="demo-accounts" className="font-medium">
        Demo accounts
      </h2>
      <dl className="mt-2 space-y-0.5">
        {ACCOUNTS.map(({ username, role }) => (
          <div key={username} className="flex gap-3">
            <dt className="w-12 font-mono">{username}</dt>
            <dd className="text-muted">{role}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-2 text-muted">
        The password of each is <code className="font-mono text-ink">gatehouse-demo</code>
      </p>
    </aside>
  );
}
