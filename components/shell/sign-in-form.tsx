import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import type { I18n } from '@/lib/i18n/i18n';

export type SignInProblem = { username: string; problem: 'wrong' | 'limited'; retryAfterSeconds: number };

/** What waits behind the sign-in: an authorization, or a page of ours. */
export type SignInTarget = { name: 'transaction' | 'next'; value: string } | null;

type SignInFormProps = { i18n: I18n; problem: SignInProblem | null; target: SignInTarget };

/** The sign-in form: a plain POST, so that it needs no script. */
export function SignInForm({ i18n, problem, target }: SignInFormProps) {
  const { t } = i18n;
  return (
    <form action="/signin/submit" method="post" className="space-y-4">
      {problem ? (
        <Alert tone="danger" role="alert" id="sign-in-problem">
          {problemText(i18n, problem)}
        </Alert>
      ) : null}
      {target ? <input type="hidden" name={target.name} value={target.value} /> : null}
      <TextField
        id="username"
        label={t('signin.username')}
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
        label={t('signin.password')}
        type="password"
        autoComplete="current-password"
        required
        autoFocus={Boolean(problem)}
      />
      <Button type="submit" variant="primary" className="w-full md:min-h-10">
        {t('signin.submit')}
      </Button>
    </form>
  );
}

/** Never tells which part was wrong, nor whether the account exists. */
function problemText({ t }: I18n, { problem, retryAfterSeconds }: SignInProblem): string {
  if (problem === 'wrong') return t('signin.wrong');
  return t('signin.limited', { minutes: Math.max(1, Math.ceil(retryAfterSeconds / 60)) });
}
