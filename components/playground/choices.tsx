'use client';

import { useEffect, useRef } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Choice, TextField } from '@/components/ui/field';
import { type Choices, DIALECTS, type PlaygroundProof, usesSecret } from '@/lib/apps/playground';

/** A scope that the app may ask for, in words. */
export type OfferedScope = { scope: string; label: string };

type ChoicesFormProps = {
  choices: Choices;
  choose: (choices: Choices) => void;
  offered: readonly OfferedScope[];
  proofs: readonly PlaygroundProof[];
  setSecret: (secret: string) => void;
};

/** What to run: scopes, offline access, proof and dialect. Every choice begins a new run. */
export function ChoicesForm({ choices, choose, offered, proofs, setSecret }: ChoicesFormProps) {
  const { t } = useI18n();
  const change = (changed: Partial<Choices>) => choose({ ...choices, ...changed });
  return (
    <div className="grid gap-6 md:grid-cols-2">
      <fieldset className="min-w-0">
        <legend className="text-sm font-medium">{t('playground.scopes')}</legend>
        <div className="mt-2 max-h-72 space-y-1 overflow-y-auto">
          {offered.map(({ scope, label }) => (
            <Choice
              key={scope}
              id={`playground-${scope}`}
              name="playground-scope"
              type="checkbox"
              label={<code>{scope}</code>}
              hint={label}
              checked={choices.scopes.includes(scope)}
              onChange={({ currentTarget: { checked } }) =>
                change({
                  scopes: offered
                    .map((other) => other.scope)
                    .filter((other) => (other === scope ? checked : choices.scopes.includes(other))),
                })
              }
            />
          ))}
        </div>
        <div className="mt-3 border-t border-line pt-3">
          <Choice
            type="checkbox"
            id="playground-offline"
            label={<code>offline_access</code>}
            hint={t('playground.offline_hint')}
            checked={choices.offline}
            onChange={({ currentTarget: { checked } }) => change({ offline: checked })}
          />
        </div>
      </fieldset>
      <div className="min-w-0 space-y-6">
        <fieldset>
          <legend className="text-sm font-medium">{t('playground.proof.title')}</legend>
          <div className="mt-2 space-y-2">
            {proofs.map((proof) => (
              <Choice
                key={proof}
                boxed
                id={`playground-proof-${proof}`}
                name="playground-proof"
                type="radio"
                label={t(`playground.proof.${proof}`)}
                hint={t(`playground.proof_hint.${proof}`)}
                checked={choices.proof === proof}
                onChange={() => change({ proof })}
              />
            ))}
          </div>
        </fieldset>
        <div hidden={!usesSecret(choices)}>
          <SecretField setSecret={setSecret} />
        </div>
        <fieldset>
          <legend className="text-sm font-medium">{t('playground.dialect.title')}</legend>
          <div className="mt-2 space-y-2">
            {DIALECTS.map((dialect) => (
              <Choice
                key={dialect}
                boxed
                id={`playground-dialect-${dialect}`}
                name="playground-dialect"
                type="radio"
                label={t(`playground.dialect.${dialect}`)}
                hint={<code>{dialect === 'native' ? '/api/developers/oauth2/*' : '/oauth2/*'}</code>}
                checked={choices.dialect === dialect}
                onChange={() => change({ dialect })}
              />
            ))}
          </div>
        </fieldset>
      </div>
    </div>
  );
}

/** Without a name and without a value of React's: what is typed stands in the memory of this tab and nowhere in the page. */
function SecretField({ setSecret }: Pick<ChoicesFormProps, 'setSecret'>) {
  const { t } = useI18n();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // What was typed before scripts began.
    if (input.current?.value) setSecret(input.current.value.trim());
  }, [setSecret]);
  return (
    <TextField
      ref={input}
      id="playground-secret"
      name={undefined}
      type="password"
      autoComplete="off"
      spellCheck={false}
      label={t('playground.secret')}
      hint={t('playground.secret_hint')}
      onChange={({ currentTarget: { value } }) => setSecret(value.trim())}
    />
  );
}
