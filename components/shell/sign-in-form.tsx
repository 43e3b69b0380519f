import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';

export type SignInProblem = { username: string; problem: 'wrong' | 'limited'; retryAfterSeconds: number };

/** What waits behind the sign-in: an authorization, or a page of ours. */
export type SignInTarget = { name: 'transaction' | 'next'; value: string } | null;

/** The sign-in form: a plain POST, so that it needs no script. */
export function SignInForm({ problem, target }: { problem: SignInProblem | null; target: SignInTarget }) {
  return (
    <form action="/signin/submit" method="post" className="space-y-4">
      {problem ? (
        <Alert tone="danger" role="alert" id="sign-in-problem">
          {problemText(problem)}
        </Alert>
      ) : null}
      {target ? <input type="hidden" name={target.name} value={target.value} /> : null}
      <TextField
        id="username"
        label="Username or email"
        autoComplete="username"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        required
        autoFocus={!problem}
        defaultValue={problem?.username ?? ''}
      />
      <TextField
        id="password"
        label="Password"
        type="password"
        autoComplete="current-password"
        required
        autoFocus={Boolean(problem)}
      />
      <Button type="submit" variant="primary" className="w-full md:min-h-10">
        Sign in
      </Button>
    </form>
  );
}

/** Never tells which part was wrong, nor whether the account exists. */
function problemText({ problem, retryAfterSeconds }: SignInProblem): string {
  if (problem === 'wrong') return 'The username, email or password is wrong. Please try again.';
  const minutes = Math.max(1, Math.ceil(retryAfterSeconds / 60));
  return `There were too many attempts. Please try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
}
